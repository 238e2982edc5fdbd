import { isPlatformId, manifests } from '@/server/connectors/manifests';

/** A platform's name; a platform that is no longer known keeps its id. */
export const platformName = (id: string): string => (isPlatformId(id) ? manifests[id].name : id);
