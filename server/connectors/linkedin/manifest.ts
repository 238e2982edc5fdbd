import type { AnnouncedManifest } from '../kit/manifest';
import { linkedinFace } from './face';

export const linkedinManifest = {
  ...linkedinFace,
  drafting: { aim: { from: 500, to: 1100 }, hashtags: 4 },
  docs: ['https://learn.microsoft.com/en-us/linkedin/shared/authentication/authorization-code-flow'],
} as const satisfies AnnouncedManifest;
