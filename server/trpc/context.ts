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

/** The header in which proxy.ts tells pages which address was asked for. */
export const PATH_HEADER = 'x-tributary-path';

/** Who asks, read once a request: the cookie names a session, and its row must still be alive. Null when signed out. */
export const getViewer = cache(async (): Promise<Viewer | null> => {
  const session = await auth();
  if (!session?.sid) return null;
  return viewerOfSession({ db: await getDb(), clock: systemClock }, session.sid);
});

/** The context of every tRPC call, from a page or over HTTP. */
export const createTrpcContext = cache(async (): Promise<TrpcContext> => {
  try {
    return { ...(await services()), viewer: await getViewer(), words: wordsIn(await requestLocale()) };
  } catch (error) {
    const known = knownError(error);
    // Without a context the error's own message is what is shown, so the reader's words go into it here.
    if (known && isAppError(known.cause)) {
      const locale = await requestLocale().catch(() => DEFAULT_LOCALE);
      known.message = wordsIn(locale).say(known.cause.fact);
    }
    throw known ?? error;
  }
});

/** What domain verbs take, for a viewer who is a member of a workspace. */
export async function ctxForViewer(viewer: Viewer): Promise<Ctx> {
  return memberCtx(await services(), viewer);
}

/** What verbs of visitors take: this request's client. */
export async function ctxForVisitor(): Promise<VisitorCtx> {
  const { db, clock, events } = await services();
  return { db, clock, events, client: clientOf(await headers()) };
}

type Member = Viewer & { workspace: NonNullable<Viewer['workspace']> };

/** The viewer with their workspace, or null for people who are signed out. */
export async function memberViewer(): Promise<Member | null> {
  const viewer = await getViewer();
  return viewer?.workspace ? { ...viewer, workspace: viewer.workspace } : null;
}

/** The sign-in page, which leads back to the page that was asked for. */
export async function signInAddress(): Promise<string> {
  const path = (await headers()).get(PATH_HEADER);
  return path ? `/sign-in?next=${encodeURIComponent(path)}` : '/sign-in';
}

/** For pages (layouts use `leadTo`): the viewer with their workspace; sends signed-out people to the sign-in page and back afterwards. */
export async function requireViewer(): Promise<Member> {
  const viewer = await memberViewer();
  if (!viewer) redirect(await signInAddress());
  return viewer;
}
