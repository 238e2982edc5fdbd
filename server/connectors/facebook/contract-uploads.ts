import type { Json } from '@/tests/contracts/readers/contract';
import type { EdgeRules } from '@/tests/contracts/readers/meta';

const OFFSETS = ['start_offset', 'end_offset'];

/** Parameters and response fields of each phase of a video upload: https://developers.facebook.com/docs/graph-api/video-uploads. */
const PHASES: Record<string, { needs: string[]; answers: string[] }> = {
  start: { needs: ['file_size'], answers: ['upload_session_id', 'video_id', ...OFFSETS] },
  transfer: { needs: ['upload_session_id', 'start_offset', 'video_file_chunk'], answers: OFFSETS },
  finish: { needs: ['upload_session_id'], answers: ['success'] },
};

const isNumber = (value: unknown) => typeof value === 'string' && /^\d+$/.test(value);
/** According to the page above, ids and offsets are strings of digits. */
const isValid = (name: string, value: unknown) => (name === 'success' ? value === true : isNumber(value));

const missing = (names: readonly string[], sent: Json) =>
  names.filter((name) => !(name in sent)).map((name) => `${name}: is required`);
const invalid = (names: readonly string[], body: Json) =>
  names
    .filter((name) => !isValid(name, body[name]))
    .map((name) => `response ${name}: ${name in body ? 'is invalid' : 'is missing'}`);

/** Uploads of files, of which Meta's specs list only the parameters. */
export const UPLOADS: Record<string, EdgeRules> = {
  // `source` is the file itself: https://developers.facebook.com/docs/graph-api/reference/page/photos
  'POST photos': {
    request: (sent) => missing(['source'], sent),
    answer: (body) => invalid(['id'], body),
  },
  'POST videos': {
    request(sent, { host }) {
      const phase = PHASES[String(sent.upload_phase)];
      return [
        ...(phase ? missing(phase.needs, sent) : ['upload_phase is invalid']),
        // Videos have their own host, as documented on the page above.
        ...(host === 'graph-video.facebook.com' ? [] : ['sent to the wrong host']),
      ];
    },
    answer: (body, sent) => invalid(PHASES[String(sent.upload_phase)]?.answers ?? [], body),
  },
};

/** Meta's specs call these strings. */
export const FILE_PARTS = ['source', 'video_file_chunk'];

/** `error_data` with the offsets is documented at https://developers.facebook.com/docs/video-api/reference/error-codes. */
export function offsetProblems(error: Json | undefined): string[] {
  const places = (error?.error_data ?? {}) as Json;
  return error?.error_subcode === 1363037 && OFFSETS.some((name) => !Number.isInteger(places[name]))
    ? ['response has no offsets in error_data']
    : [];
}
