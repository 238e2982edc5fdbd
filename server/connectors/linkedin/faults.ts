import { fact } from '@/server/foundation/facts';
import type { Hooks } from '../kit/connector';
import type { Headers, ReportedLimit } from '../kit/limits';
import { meaningsOn, rejected } from '../kit/refusals';
import { linkedinManifest } from './manifest';
import { problem } from './wire';

const means = meaningsOn(linkedinManifest.name);
/** Our code for LinkedIn's refusal for want of a permission, which the account, the app or the role may lack. */
export const FORBIDDEN = 'forbidden';

const DUPLICATE = 'DUPLICATE_POST';
/** "Content is a duplicate of urn:li:share:7141138937766391808" */
const NAMED = /\burn:li:(?:share|ugcPost):\d+/;

/** Reads LinkedIn's errors: https://learn.microsoft.com/en-us/linkedin/shared/api-guide/concepts/error-handling */
export const readFault: NonNullable<Hooks['readFault']> = (status, body, _effect, phrases) => {
  const said = problem.safeParse(body).data;
  if (!said) return null;
  const words = phrases.join(' ');
  if (status === 401) return means.ended();
  if (status === 404) return means.gone;
  // The version of the API is no longer supported, which only a newer Tributary mends.
  if (status === 426) return means.installation('version', fact('platforms.linkedin.errors.version'));
  if (status === 403)
    return { ...rejected(FORBIDDEN, fact('platforms.linkedin.errors.noPermission')), installation: true };
  const codes = [said.code, ...(said.errorDetails?.inputErrors ?? []).map(({ code }) => code)];
  if (codes.includes(DUPLICATE) || /\bduplicate of urn:/i.test(words)) {
    const post = NAMED.exec(words)?.[0];
    return post
      ? rejected('duplicate', fact('platforms.linkedin.errors.duplicateOf', { post }))
      : means.duplicate();
  }
  return null;
};

const DAY_S = 86_400;
/** LinkedIn reports no limits. It refuses until its day ends, at midnight UTC. */
export const readLimits = (_headers: Headers, now: Date): ReportedLimit[] => [
  {
    window: 'day',
    remaining: null,
    resetsAt: null,
    waitSeconds: DAY_S - (Math.floor(now.getTime() / 1000) % DAY_S),
  },
];
