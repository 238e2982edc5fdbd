import type { AnnouncedManifest } from '../kit/manifest';
import { linkedinFace } from './face';

export const linkedinManifest = {
  ...linkedinFace,
  docs: ['https://learn.microsoft.com/en-us/linkedin/shared/authentication/authorization-code-flow'],
} as const satisfies AnnouncedManifest;
