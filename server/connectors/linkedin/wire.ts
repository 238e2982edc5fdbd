import { z } from 'zod';
import { op } from '../kit/op';
import { anything, remoteId, tally, wire } from '../kit/wire';

const urn = z.string().regex(/^urn:li:\w+:.{1,300}$/s);

const person = wire({ sub: z.string().regex(/^[\w-]{1,100}$/), name: z.string().max(1000).optional() });
export const getUserinfo = op('userinfo', 'GET', '/v2/userinfo', 'read', person);

const paging = wire({ total: z.number().int().nonnegative().optional().catch(undefined) }).nullish();
const roles = wire({
  elements: z.array(wire({ organization: z.string(), role: z.string(), state: z.string().optional() })),
  paging,
});
export const findRoles = op('organizationAcls', 'GET', '/rest/organizationAcls', 'read', roles);

export const organizations = wire({
  results: z.record(
    z.string(),
    wire({ localizedName: z.string().max(1000).optional(), vanityName: z.string().max(200).optional() }),
  ),
});

export const createPost = op('createPost', 'POST', '/rest/posts', 'effect', anything);
export const deletePost = op('deletePost', 'DELETE', '/rest/posts/{urn}', 'idempotent', anything);
const post = wire({
  id: urn,
  commentary: z.string().nullish(),
  createdAt: z.number().optional().catch(undefined),
  content: wire({
    media: wire({ id: z.string() }).nullish(),
    multiImage: wire({ images: z.array(wire({ id: z.string() })) }).nullish(),
  })
    .nullish()
    .catch(null),
});
export type Post = z.output<typeof post>;
export const findPosts = op(
  'findPosts',
  'GET',
  '/rest/posts',
  'read',
  wire({ elements: z.array(post), paging }),
);

const comment = wire({
  id: remoteId,
  commentUrn: z.string().optional(),
  actor: z.string().optional(),
  message: wire({ text: z.string().optional() }).nullish(),
  created: wire({ time: z.number().optional().catch(undefined) }).nullish(),
});
export type Comment = z.output<typeof comment>;
const COMMENTS = '/rest/socialActions/{urn}/comments';
export const createComment = op('createComment', 'POST', COMMENTS, 'effect', comment);
export const findComments = op(
  'findComments',
  'GET',
  COMMENTS,
  'read',
  wire({ elements: z.array(comment), paging }),
);
export const deleteComment = op('deleteComment', 'DELETE', `${COMMENTS}/{id}`, 'idempotent', anything);

const begun = (field: 'image' | 'document') =>
  wire({ value: wire({ uploadUrl: z.string(), [field]: urn }) }).transform(({ value }) => ({
    urn: String((value as Record<string, unknown>)[field]),
    uploadUrl: String(value.uploadUrl),
  }));
export const beginImage = op('initializeImageUpload', 'POST', '/rest/images', 'idempotent', begun('image'));
export const beginDocument = op(
  'initializeDocumentUpload',
  'POST',
  '/rest/documents',
  'idempotent',
  begun('document'),
);
const begunVideo = wire({
  value: wire({
    video: urn,
    uploadToken: z.string().default(''),
    uploadInstructions: z
      .array(
        wire({
          uploadUrl: z.string(),
          firstByte: z.number().int().nonnegative(),
          lastByte: z.number().int().nonnegative(),
        }),
      )
      .min(1),
  }),
});
export const beginVideo = op('videoUploadAction', 'POST', '/rest/videos', 'idempotent', begunVideo);
export const finishVideo = op('videoUploadAction', 'POST', '/rest/videos', 'idempotent', anything);
const processed = wire({ status: z.string() });
export const getVideo = op('getVideo', 'GET', '/rest/videos/{urn}', 'read', processed);
export const getDocument = op('getDocument', 'GET', '/rest/documents/{urn}', 'read', processed);

export const statistics = wire({
  elements: z.array(
    wire({
      share: z.string().optional(),
      ugcPost: z.string().optional(),
      totalShareStatistics: wire({
        likeCount: tally,
        commentCount: tally,
        shareCount: tally,
        impressionCount: tally,
      })
        .nullish()
        .catch(null),
    }),
  ),
});
export type Statistics = z.output<typeof statistics>;

/** What an error says to programs. */
export const problem = wire({
  status: z.number(),
  code: z.string().optional().catch(undefined),
  serviceErrorCode: z.number().optional().catch(undefined),
  errorDetails: wire({
    inputErrors: z
      .array(wire({ code: z.string().optional().catch(undefined) }))
      .optional()
      .catch(undefined),
  })
    .nullish()
    .catch(null),
});
