import 'server-only';
import { headers } from 'next/headers';
import { redirect } from 'next/navigation';
import { cache } from 'react';
import { getDb } from '@/db/client';
import { signals } from '@/inngest/signals';
import { auth } from '@/server/auth';
import { viewerOfSession } from '@/server/domains/accounts/queries';
import type { Ctx } from '@/server/domains/context';
import { systemClock } from '@/server/foundation/clock';
import { AppError } from '@/server/foundation/errors';
import type { TrpcContext, Viewer } from './init';

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
  return { db: await getDb(), clock: systemClock, signals, viewer: await getViewer() };
});

/** What domain verbs take, for a viewer who is a member of a workspace. */
export async function ctxForViewer(viewer: Viewer): Promise<Ctx> {
  if (!viewer.workspace) throw new AppError('forbidden', 'You are not a member of a workspace yet.');
  return {
    db: await getDb(),
    clock: systemClock,
    signals,
    workspaceId: viewer.workspace.id,
    role: viewer.workspace.role,
    actor: { kind: 'user', userId: viewer.userId, name: viewer.name },
  };
}

/** For pages: the viewer with their workspace; sends signed-out people to the sign-in page and back afterwards. */
export async function requireViewer(): Promise<Viewer & { workspace: NonNullable<Viewer['workspace']> }> {
  const viewer = await getViewer();
  if (!viewer?.workspace) {
    const path = (await headers()).get(PATH_HEADER);
    redirect(path ? `/sign-in?next=${encodeURIComponent(path)}` : '/sign-in');
  }
  return { ...viewer, workspace: viewer.workspace };
}
