import { optionsOfAccounts } from '@/components/options/values';
import type { PostDetail } from '@/components/trpc/outputs';
import { type Draft, EMPTY, variantDraft } from './draft';

/** A stored post as the editor holds it. */
export function draftOf(detail: PostDetail, connections: readonly { id: string; platform: string }[]): Draft {
  const { post, variants } = detail;
  const used = new Set(detail.publications.map((publication) => publication.connectionId));
  const draft = {
    ...EMPTY,
    postId: post.id,
    version: post.version,
    topicId: post.topicId,
    prompt: post.prompt ?? '',
    variants: Object.fromEntries(variants.map((v) => [v.platform, variantDraft(v)])),
  };
  const out = detail.publications.some((publication) => publication.state === 'published');
  return {
    ...draft,
    keptOptions: optionsOfAccounts(detail.publications),
    // A generated title is generated again from the edited texts; the title of a published post stays.
    title: post.titleGiven || out ? post.title : '',
    targets: variants.flatMap((v) => {
      const own = connections.filter((c) => c.platform === v.platform);
      const again = own.filter((c) => used.has(c.id));
      const chosen = again.length > 0 ? again : own.slice(0, 1);
      return chosen.length > 0 ? chosen.map((c) => c.id) : [`platform:${v.platform}`];
    }),
  };
}
