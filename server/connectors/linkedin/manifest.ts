import type { UnavailableManifest } from '../kit/manifest';
import { linkedinFace } from './face';

export const linkedinManifest = {
  ...linkedinFace,
  docs: ['https://learn.microsoft.com/en-us/linkedin/shared/authentication/authorization-code-flow'],
} as const satisfies UnavailableManifest;
