import { createTRPCClient, httpLink } from '@trpc/client';
import superjson from 'superjson';
import type { AppRouter } from '@/server/trpc/root';
import { signIn } from './browser';

/** Writes a post as the demo user in a real browser session, approves it, and waits until it is on the sandbox's X. */
export async function publishFirstPost(url: string): Promise<void> {
  const cookie = await signIn(url);
  const client = createTRPCClient<AppRouter>({
    links: [httpLink({ url: `${url}/api/trpc`, transformer: superjson, headers: { cookie, origin: url } })],
  });
  const text = `The first post of a new installation, ${Date.now()}`;
  const post = await client.posts.create.mutate({
    title: 'The first post',
    variants: [{ platform: 'x', text }],
  });
  const account = (await client.connections.list.query()).find((c) => c.platform === 'x');
  if (!account) throw new Error('The demo has no X account');
  await client.publications.schedule.mutate({
    postId: post.id,
    version: post.version,
    targets: [{ connectionId: account.id }],
    when: { kind: 'now' },
    requestKey: `first-post-${Date.now()}`,
  });
  const open = await client.approvals.list.query({ state: 'open' });
  for (const approval of open.filter((a) => a.subjectId === post.id))
    await client.approvals.decide.mutate({
      id: approval.id,
      fingerprint: approval.fingerprint,
      decision: 'approve',
    });
  const until = Date.now() + 60_000;
  while (Date.now() < until) {
    const effects = await fetch(`${url}/sandbox/control/effects?platform=x`).then((r) => r.text());
    if (effects.includes(text)) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('The first post was not published within a minute');
}
