import 'server-only';
import { headers } from 'next/headers';
import { redirect } from 'next/navigation';
import { cache } from 'react';
import { getDb } from '@/db/client';
import { DEFAULT_LOCALE } from '@/i18n/locales';
import { requestLocale } from '@/i18n/request-locale';
import { wordsIn } from '@/i18n/words';
import { services } from '@/inngest/services';
import { auth } from '@/server/auth';
import { clientOf } from '@/server/domains/accounts/client-of';
import { viewerOfSession } from '@/server/domains/accounts/queries';
import { systemClock } from '@/server/foundation/clock';
import { isAppError } from '@/server/foundation/errors';
import { type Ctx, memberCtx, type VisitorCtx } from '@/server/verbs/context';
import { knownError, type TrpcContext, type Viewer } from './init';

/** Header in which proxy.ts passes the requested address to pages. */
export const PATH_HEADER = 'x-tributary-path';

/** Returns the signed-in user, or null. Read once per request: the cookie names a session, whose row must still be valid. */
export const getViewer = cache(async (): Promise<Viewer | null> => {
  const session = await auth();
  if (!session?.sid) return null;
  return viewerOfSession({ db: await getDb(), clock: systemClock }, session.sid);
});

/** Creates the context of every tRPC call, from a page or over HTTP. */
export const createTrpcContext = cache(async (): Promise<TrpcContext> => {
  try {
    return { ...(await services()), viewer: await getViewer(), words: wordsIn(await requestLocale()) };
  } catch (error) {
    const known = knownError(error);
    // Without a context, the error's own message is shown, so it is set in the reader's language here.
    if (known && isAppError(known.cause)) {
      const locale = await requestLocale().catch(() => DEFAULT_LOCALE);
      known.message = wordsIn(locale).say(known.cause.fact);
    }
    throw known ?? error;
  }
});

/** Returns the context of domain verbs for a viewer. Throws `forbidden` unless they have a workspace. */
export async function ctxForViewer(viewer: Viewer): Promise<Ctx> {
  return memberCtx(await services(), viewer);
}

/** Returns the context of verbs for visitors, with the client of this request. */
export async function ctxForVisitor(): Promise<VisitorCtx> {
  const { db, clock, events } = await services();
  return { db, clock, events, client: clientOf(await headers()) };
}

type Member = Viewer & { workspace: NonNullable<Viewer['workspace']> };

/** Returns the viewer with their workspace, or null if they are signed out or have none. */
export async function memberViewer(): Promise<Member | null> {
  const viewer = await getViewer();
  return viewer?.workspace ? { ...viewer, workspace: viewer.workspace } : null;
}

/** Returns the address of the sign-in page, which leads back to the requested page. */
export async function signInAddress(): Promise<string> {
  const path = (await headers()).get(PATH_HEADER);
  return path ? `/sign-in?next=${encodeURIComponent(path)}` : '/sign-in';
}

/**
 * Returns the viewer with their workspace, or redirects to the sign-in page, which leads back afterwards. For pages; layouts use `redirectDocument`.
 */
export async function requireViewer(): Promise<Member> {
  const viewer = await memberViewer();
  if (!viewer) redirect(await signInAddress());
  return viewer;
}
