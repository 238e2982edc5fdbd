import { type ConnectorFault, isConnectorFault } from '@/server/connectors/kit/types';
import { isAppError } from '@/server/foundation/errors';
import { log } from '@/server/foundation/log';
import type { OutcomeCode } from './outcomes';

/** Reads the outcome of a failed sign-in and logs it. */
export function failedOutcome(error: unknown, platform: string): OutcomeCode {
  if (isConnectorFault(error)) {
    const { installation, status, vendorCode } = error.options;
    log()[installation ? 'error' : 'warn'](
      { platform, fault: error.kind, status, code: vendorCode },
      installation
        ? 'sign-in failed: the platform refuses this installation; check its client id and secret'
        : 'sign-in failed',
    );
    return ofFault(error);
  }
  if (isAppError(error) && error.code === 'limit_reached') return error.details?.platform ? 'plan' : 'limit';
  log().error({ err: error, platform }, 'sign-in failed');
  return 'failed';
}

function ofFault(fault: ConnectorFault): OutcomeCode {
  const { kind } = fault;
  const { installation, vendorCode } = fault.options;
  if (installation) return 'installation_refused';
  if (kind === 'rejected') return vendorCode === 'no_permission' ? 'no_permission' : 'no_account';
  if (kind === 'reauth') return 'platform_refused';
  return isUnreachableServer(fault) ? 'server_refused' : 'platform_failed';
}

/** Whether a request failed because its address is not public or does not exist (server/foundation/safe-fetch.ts). */
export const isUnreachableServer = ({ options }: ConnectorFault): boolean =>
  options.status === undefined &&
  (options.vendorCode === 'not_allowed' || options.vendorCode === 'no_such_host');
