import { type Ctx, json } from '../http';
import type { Api, Operation } from '../shell/api';
import type { World } from '../world';
import { etsyApi } from './auth';
import * as listings from './listings';
import * as orders from './orders';
import * as shops from './shops';

/** An operation by the name in the vendor's contract. One without a scope needs only the app's key. */
const on = (
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
  path: string,
  operation: string,
  scope: string | null,
  handle: (world: World, c: Ctx) => Promise<Response>,
): Operation => ({ method, path, operation, ...(scope ? { scopes: [scope] } : { open: true }), handle });

/** Listings, orders and the shop's money. */
export const etsyOperations: Api = {
  ...etsyApi,
  operations: [
    on('GET', '/openapi-ping', 'ping', null, async () => json({ application_id: 1 })),
    on('GET', '/users/me', 'getMe', 'shops_r', shops.getMe),
    on('GET', '/users/:user', 'getUser', 'email_r', shops.getUser),
    on('GET', '/users/:user/shops', 'getShopByOwnerUserId', null, shops.getShopOfUser),
    on('GET', '/shops/:shop', 'getShop', null, shops.getShop),

    on('POST', '/shops/:shop/listings', 'createDraftListing', 'listings_w', listings.createDraft),
    on('GET', '/shops/:shop/listings', 'getListingsByShop', 'listings_r', (w, c) =>
      listings.getListingsByShop(w, c),
    ),
    on('GET', '/shops/:shop/listings/active', 'findAllActiveListingsByShop', null, (w, c) =>
      listings.getListingsByShop(w, c, true),
    ),
    on('PATCH', '/shops/:shop/listings/:listing', 'updateListing', 'listings_w', listings.updateListing),
    on(
      'POST',
      '/shops/:shop/listings/:listing/images',
      'uploadListingImage',
      'listings_w',
      listings.uploadImage,
    ),
    on(
      'POST',
      '/shops/:shop/listings/:listing/files',
      'uploadListingFile',
      'listings_w',
      listings.uploadFile,
    ),
    on('GET', '/shops/:shop/listings/:listing/files', 'getAllListingFiles', 'listings_r', listings.listFiles),
    on('GET', '/listings/batch', 'getListingsByListingIds', null, listings.getListingsByIds),
    on('GET', '/listings/:listing', 'getListing', null, listings.getListing),
    on('DELETE', '/listings/:listing', 'deleteListing', 'listings_d', listings.deleteListing),
    on('GET', '/listings/:listing/images', 'getListingImages', null, listings.listImages),
    on('GET', '/listings/:listing/inventory', 'getListingInventory', 'listings_r', listings.getInventory),
    on(
      'PUT',
      '/listings/:listing/inventory',
      'updateListingInventory',
      'listings_w',
      listings.updateInventory,
    ),

    on('GET', '/shops/:shop/receipts', 'getShopReceipts', 'transactions_r', orders.getReceipts),
    on('GET', '/shops/:shop/receipts/:receipt', 'getShopReceipt', 'transactions_r', orders.getReceipt),
    on(
      'GET',
      '/shops/:shop/receipts/:receipt/transactions',
      'getShopReceiptTransactionsByReceipt',
      'transactions_r',
      orders.getReceiptTransactions,
    ),
    on(
      'GET',
      '/shops/:shop/receipts/:receipt/payments',
      'getShopPaymentByReceiptId',
      'transactions_r',
      orders.getReceiptPayments,
    ),
    on(
      'GET',
      '/shops/:shop/transactions',
      'getShopReceiptTransactionsByShop',
      'transactions_r',
      orders.getTransactions,
    ),
    on('GET', '/shops/:shop/payments', 'getPayments', 'transactions_r', orders.getPayments),
    on(
      'GET',
      '/shops/:shop/payment-account/ledger-entries',
      'getShopPaymentAccountLedgerEntries',
      'transactions_r',
      orders.getLedger,
    ),
    on(
      'GET',
      '/shops/:shop/payment-account/ledger-entries/payments',
      'getPaymentAccountLedgerEntryPayments',
      'transactions_r',
      orders.getLedgerPayments,
    ),
  ],
};
