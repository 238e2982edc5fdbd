/**
 * Returns a path of this app to open after signing in. Anything that could lead to another site (an absolute URL, `//host`, a backslash, a
 * control character), to an API or back to the sign-in page becomes /home.
 */
export function localPath(value: string | null | undefined): string {
  if (!value || value.length > 2000 || !value.startsWith('/') || /[\\\p{Cc}]/u.test(value)) return '/home';
  let url: URL;
  try {
    url = new URL(value, 'http://local.invalid');
  } catch {
    return '/home';
  }
  if (url.host !== 'local.invalid' || url.pathname.startsWith('//')) return '/home';
  if (/^\/(api|sign-in|register|forgot|reset|verify)(\/|$)/.test(url.pathname)) return '/home';
  return url.pathname + url.search + url.hash;
}
