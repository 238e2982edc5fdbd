import type { Hono } from 'hono';
import { type Ctx, json, operation, type SandboxEnv } from '../http';
import type { World } from '../world';
import { etsyCall, etsyVendor } from './auth';
import * as listings from './listings';
import * as orders from './orders';
import * as shops from './shops';

type Work = (world: World, c: Ctx) => Promise<Response>;

/** Adds the routes of Etsy: listings, orders and the shop's money. Operation names are those of the vendor's contract. */
export function etsyRoutes(app: Hono<SandboxEnv>, world: World): void {
  const on = (method: string, path: string, name: string, scope: string | null, work: Work) =>
    app.on(
      method,
      `/etsy/v3/application${path}`,
      operation(
        world,
        etsyVendor,
        name,
        etsyCall(world, name, scope, (c) => work(world, c)),
      ),
    );
  on('GET', '/openapi-ping', 'ping', null, async () => json({ application_id: 1 }));
  on('GET', '/users/me', 'getMe', 'shops_r', shops.getMe);
  on('GET', '/users/:user', 'getUser', 'email_r', shops.getUser);
  on('GET', '/users/:user/shops', 'getShopByOwnerUserId', null, shops.getShopOfUser);
  on('GET', '/shops/:shop', 'getShop', null, shops.getShop);

  on('POST', '/shops/:shop/listings', 'createDraftListing', 'listings_w', listings.createDraft);
  on('GET', '/shops/:shop/listings', 'getListingsByShop', 'listings_r', (w, c) =>
    listings.getListingsByShop(w, c),
  );
  on('GET', '/shops/:shop/listings/active', 'findAllActiveListingsByShop', null, (w, c) =>
    listings.getListingsByShop(w, c, true),
  );
  on('PATCH', '/shops/:shop/listings/:listing', 'updateListing', 'listings_w', listings.updateListing);
  on(
    'POST',
    '/shops/:shop/listings/:listing/images',
    'uploadListingImage',
    'listings_w',
    listings.uploadImage,
  );
  on('POST', '/shops/:shop/listings/:listing/files', 'uploadListingFile', 'listings_w', listings.uploadFile);
  on('GET', '/shops/:shop/listings/:listing/files', 'getAllListingFiles', 'listings_r', listings.listFiles);
  on('GET', '/listings/batch', 'getListingsByListingIds', null, listings.getListingsByIds);
  on('GET', '/listings/:listing', 'getListing', null, listings.getListing);
  on('DELETE', '/listings/:listing', 'deleteListing', 'listings_d', listings.deleteListing);
  on('GET', '/listings/:listing/images', 'getListingImages', null, listings.listImages);
  on('GET', '/listings/:listing/inventory', 'getListingInventory', 'listings_r', listings.getInventory);
  on('PUT', '/listings/:listing/inventory', 'updateListingInventory', 'listings_w', listings.updateInventory);

  on('GET', '/shops/:shop/receipts', 'getShopReceipts', 'transactions_r', orders.getReceipts);
  on('GET', '/shops/:shop/receipts/:receipt', 'getShopReceipt', 'transactions_r', orders.getReceipt);
  on(
    'GET',
    '/shops/:shop/receipts/:receipt/transactions',
    'getShopReceiptTransactionsByReceipt',
    'transactions_r',
    orders.getReceiptTransactions,
  );
  on(
    'GET',
    '/shops/:shop/receipts/:receipt/payments',
    'getShopPaymentByReceiptId',
    'transactions_r',
    orders.getReceiptPayments,
  );
  on(
    'GET',
    '/shops/:shop/transactions',
    'getShopReceiptTransactionsByShop',
    'transactions_r',
    orders.getTransactions,
  );
  on('GET', '/shops/:shop/payments', 'getPayments', 'transactions_r', orders.getPayments);
  on(
    'GET',
    '/shops/:shop/payment-account/ledger-entries',
    'getShopPaymentAccountLedgerEntries',
    'transactions_r',
    orders.getLedger,
  );
  on(
    'GET',
    '/shops/:shop/payment-account/ledger-entries/payments',
    'getPaymentAccountLedgerEntryPayments',
    'transactions_r',
    orders.getLedgerPayments,
  );
}
