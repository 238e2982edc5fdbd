import { archiveProduct, restoreProduct } from '@/server/domains/products/archive-product';
import { createProduct } from '@/server/domains/products/create-product';
import { getProduct, listProducts } from '@/server/domains/products/queries';
import {
  archiveProductInput,
  createProductInput,
  listProductsInput,
  productOutput,
  productPage,
  updatedProductOutput,
  updateProductInput,
} from '@/server/domains/products/schemas';
import { updateProduct } from '@/server/domains/products/update-product';
import { idInput, memberProcedure, router } from '../init';

export const productsRouter = router({
  list: memberProcedure('viewer')
    .input(listProductsInput)
    .output(productPage)
    .query(({ ctx, input }) => listProducts({ ctx: ctx.verb, input })),
  get: memberProcedure('viewer')
    .input(idInput('product'))
    .output(productOutput)
    .query(({ ctx, input }) => getProduct({ ctx: ctx.verb, input })),
  create: memberProcedure('operator')
    .input(createProductInput)
    .output(productOutput)
    .mutation(({ ctx, input }) => createProduct({ ctx: ctx.verb, input })),
  update: memberProcedure('operator')
    .input(updateProductInput)
    .output(updatedProductOutput)
    .mutation(({ ctx, input }) => updateProduct({ ctx: ctx.verb, input })),
  archive: memberProcedure('operator')
    .input(archiveProductInput)
    .output(productOutput)
    .mutation(({ ctx, input }) => archiveProduct({ ctx: ctx.verb, input })),
  restore: memberProcedure('operator')
    .input(idInput('product'))
    .output(productOutput)
    .mutation(({ ctx, input }) => restoreProduct({ ctx: ctx.verb, input })),
});
