import type { ConnectorIo } from '../kit/connector';
import { concludeLookup, lookupWords } from '../kit/lookup';
import { matchText } from '../kit/match-text';
import type { LookupInput, LookupOutput, Published, PublishInput } from '../kit/types';
import { readAll } from './lists';
import { linkedinManifest } from './manifest';
import { commentText, commentUrn } from './transform';
import { createComment, findComments } from './wire';

const published = (io: ConnectorIo, post: string, id: string): Published => ({
  remoteId: id,
  permalink: `${io.web}/feed/update/${post}?commentUrn=${encodeURIComponent(id)}`,
});

/** Comments on a post as the account itself. */
export async function comment(io: ConnectorIo, post: string, input: PublishInput): Promise<Published> {
  const made = await createComment(io, {
    path: { urn: post },
    json: { actor: io.account.remoteId, object: post, message: { text: commentText(input) } },
  });
  return published(io, post, commentUrn(post, made));
}

export async function lookUpComment(
  io: ConnectorIo,
  post: string,
  input: LookupInput,
): Promise<LookupOutput> {
  const { remoteId: actor } = io.account;
  const read = await readAll(async (part) => {
    const { elements, paging } = await findComments(io, { path: { urn: post }, query: part });
    return { elements: elements.map((one) => ({ ...one, id: commentUrn(post, one) })), paging };
  });
  const sent = commentText(input);
  return concludeLookup(read, {
    exclude: input.exclude,
    words: lookupWords(linkedinManifest.name),
    published: ({ id }) => published(io, post, id),
    judge({ actor: by, message, created }) {
      const isOlder = created?.time !== undefined && created.time < input.since.getTime();
      return by !== actor || isOlder ? 'other' : matchText(message?.text ?? '', sent);
    },
  });
}
