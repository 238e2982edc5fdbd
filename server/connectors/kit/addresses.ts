/**
 * The id of a post at its platform, as the address that people see tells it; null when it does not. X:
 * `/<name>/status/<id>`. A Page's post: `<page>_<post>`, or the number of the post beside that of the Page. Facebook's newer
 * addresses (`pfbid…`) hide the number.
 */
export function remoteIdIn(platform: string, address: string, accountId: string): string | null {
  if (!URL.canParse(address)) return null;
  const { pathname, searchParams } = new URL(address);
  if (platform === 'x') return /\/status(?:es)?\/(\d{1,19})(?:\/|$)/.exec(pathname)?.[1] ?? null;
  if (platform !== 'facebook') return null;
  const whole = /\/(\d+_\d+)(?:\/|$)/.exec(pathname)?.[1];
  if (whole) return whole;
  const story = searchParams.get('story_fbid') ?? /\/posts\/(?:[^/]*\/)?(\d+)(?:\/|$)/.exec(pathname)?.[1];
  return story && /^\d+$/.test(story) ? `${accountId}_${story}` : null;
}
