import { requestDelist, retryListing } from '@/server/domains/listings/change-listing';
import { drawPicture } from '@/server/domains/listings/pictures';
import { getListing, listListings } from '@/server/domains/listings/queries';
import { requestListing } from '@/server/domains/listings/request-listing';
import {
  drawPictureInput,
  listingOutput,
  listingPage,
  listingVersionInput,
  listListingsInput,
  pictureOutput,
  requestListingInput,
} from '@/server/domains/listings/schemas';
import { idInput, memberProcedure, router } from '../init';

export const listingsRouter = router({
  list: memberProcedure('viewer')
    .input(listListingsInput)
    .output(listingPage)
    .query(({ ctx, input }) => listListings({ ctx: ctx.verb, input })),
  get: memberProcedure('viewer')
    .input(idInput('listing'))
    .output(listingOutput)
    .query(({ ctx, input }) => getListing({ ctx: ctx.verb, input })),
  create: memberProcedure('operator')
    .input(requestListingInput)
    .output(listingOutput)
    .mutation(({ ctx, input }) => requestListing({ ctx: ctx.verb, input })),
  drawPicture: memberProcedure('operator')
    .input(drawPictureInput)
    .output(pictureOutput)
    .mutation(({ ctx, input }) => drawPicture({ ctx: ctx.verb, input })),
  retry: memberProcedure('operator')
    .input(listingVersionInput)
    .output(listingOutput)
    .mutation(({ ctx, input }) => retryListing({ ctx: ctx.verb, input })),
  delist: memberProcedure('operator')
    .input(listingVersionInput)
    .output(listingOutput)
    .mutation(({ ctx, input }) => requestDelist({ ctx: ctx.verb, input })),
});
