import { expect } from 'vitest';
import { mediaProblems } from '@/server/connectors/kit/media';
import type { MediaKind, MediaLimits, PublishInput } from '@/server/connectors/kit/types';
import { inEnglish } from '@/server/foundation/facts';
import { type Case, does, type Manifest } from '../define';
import { edgesOf, type Sample, sampleOf } from '../samples';
import type { Subject } from '../subject';

const limitsOf = ({ post }: Pick<Manifest, 'post'>): MediaLimits | undefined => post?.media;

/** Gives a platform a file in the way in which it takes them. */
export async function given(p: Subject, limits: MediaLimits, sample: Sample): Promise<object> {
  const alt = limits.alt.kinds.includes(sample.kind) ? 'A sample' : '';
  const { kind, mime, name, bytes, width, height } = sample;
  switch (limits.way) {
    case 'ahead':
      return p.io.upload({ kind, mime, bytes, alt });
    case 'with_post':
      return {
        ...{ kind, mime, name, width, height, alt, bytes: bytes.length },
        open: () => new Blob([new Uint8Array(bytes)]).stream(),
      };
    case 'by_address':
      return { kind, mime, name, width, height, alt, bytes: bytes.length, url: p.stand.serve(mime, bytes) };
  }
}

async function publishWith(p: Subject, kinds: readonly MediaKind[]): Promise<void> {
  const limits = limitsOf(p.manifest);
  if (!limits) throw new Error(`${p.id} takes no media`);
  const media: object[] = [];
  for (const kind of kinds) media.push(await given(p, limits, sampleOf(kind, limits)));
  const post = await p.newPost({ media: media as unknown as NonNullable<PublishInput['media']> });
  const { remoteId } = await p.publish(post);
  expect(remoteId).not.toBe('');
  if (p.does('lookup')) expect(await p.lookUp(post)).toMatchObject({ found: 'yes', post: { remoteId } });
}

const kindCase = (kind: MediaKind, takes: (limits: MediaLimits) => boolean): Case => ({
  name: `a ${kind} is published and found`,
  applies: (m) => {
    const limits = limitsOf(m);
    return does(m, 'publish') && limits !== undefined && takes(limits);
  },
  run: (p) => publishWith(p, [kind]),
});

export const media: readonly Case[] = [
  kindCase('picture', ({ pictures }) => pictures.most > 0),
  kindCase('gif', ({ gif }) => gif !== null),
  kindCase('video', ({ video }) => video !== null),
  kindCase('document', ({ document }) => document !== undefined),
  {
    name: 'as many pictures as the platform takes are published together and found',
    applies: (m) => does(m, 'publish') && (limitsOf(m)?.pictures.most ?? 0) > 1,
    run: (p) => publishWith(p, Array(limitsOf(p.manifest)?.pictures.most ?? 0).fill('picture')),
  },
  {
    name: 'files at each limit are scheduled, and those over it refused with a reason',
    applies: (m) => limitsOf(m) !== undefined,
    async run(p) {
      const limits = limitsOf(p.manifest);
      if (!limits) return;
      for (const [name, { at, over }] of Object.entries(edgesOf(limits))) {
        expect(mediaProblems(p.manifest.name, limits, at), name).toEqual([]);
        const [problem] = mediaProblems(p.manifest.name, limits, over);
        expect(problem && inEnglish(problem.message), name).toMatch(/\d/);
        p.seen.add(`limit: ${name}`);
      }
    },
  },
];
