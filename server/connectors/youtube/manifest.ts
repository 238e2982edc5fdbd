import type { AnnouncedManifest } from '../kit/manifest';
import { youtubeFace } from './face';

export const youtubeManifest = {
  ...youtubeFace,
  docs: ['https://developers.google.com/youtube/v3/docs/videos'],
} as const satisfies AnnouncedManifest;
