import ipaddr from 'ipaddr.js';
import { env } from './env';
import { isLoopbackHost } from './loopback';
import { isPublicAddress } from './safe-fetch';

/** Endings of names that only resolve inside a network: RFC 6762, RFC 8375, RFC 2606, and names that routers use. */
const LOCAL_NAME = /(^|\.)(local|localdomain|internal|intranet|lan|home|corp|home\.arpa|test|invalid)$/;

/** Whether other machines on the internet can reach this installation, as far as its address tells. */
export function isReachable(appUrl = env().appUrl): boolean {
  const { hostname, host } = new URL(appUrl);
  const bare = hostname.replace(/^\[|\]$/g, '');
  if (isLoopbackHost(host)) return false;
  if (ipaddr.isValid(bare)) return isPublicAddress(bare);
  return bare.includes('.') && !LOCAL_NAME.test(bare.replace(/\.$/, ''));
}
