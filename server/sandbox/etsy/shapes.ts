import type { accounts } from '../schema';
import { escaped } from '../shell/escape';
import type { World } from '../world';
import { etsyMoney, etsyTime } from './auth';
import {
  adjustmentId,
  type Listing,
  ledgerCurrency,
  paymentId,
  postedOf,
  type Receipt,
  refundsOf,
  settled,
  subtotalOf,
  totalOf,
  transactionId,
} from './sales';
import type { etsyAssets, etsyLedger } from './tables';

type Account = typeof accounts.$inferSelect;
type Asset = typeof etsyAssets.$inferSelect;

const escapedList = (texts: unknown): string[] =>
  Array.isArray(texts) ? texts.map((text) => escaped(String(text))) : [];

/** Formats a listing as Etsy does. */
export function showListing(world: World, l: Listing, shop: Account): Record<string, unknown> {
  const f = l.fields;
  return {
    listing_id: l.id,
    user_id: Number(shop.parentId),
    shop_id: Number(shop.id),
    title: escaped(l.title),
    description: escaped(l.description),
    state: l.state,
    creation_timestamp: etsyTime(l.createdAt),
    created_timestamp: etsyTime(l.createdAt),
    ending_timestamp: etsyTime(l.endsAt),
    original_creation_timestamp: etsyTime(l.createdAt),
    last_modified_timestamp: etsyTime(l.updatedAt),
    updated_timestamp: etsyTime(l.updatedAt),
    state_timestamp: etsyTime(l.stateAt),
    quantity: l.quantity,
    shop_section_id: f.shop_section_id ?? null,
    featured_rank: -1,
    url: `${world.publicUrl}/etsy/listing/${l.id}`,
    num_favorers: l.favorers,
    non_taxable: false,
    is_taxable: f.is_taxable ?? true,
    is_customizable: f.is_customizable ?? false,
    is_personalizable: f.is_personalizable ?? false,
    personalization_is_required: false,
    personalization_char_count_max: null,
    personalization_instructions: null,
    listing_type: f.listing_type,
    tags: escapedList(f.tags),
    materials: escapedList(f.materials),
    shipping_profile_id: f.shipping_profile_id ?? null,
    return_policy_id: f.return_policy_id ?? null,
    processing_min: null,
    processing_max: null,
    who_made: f.who_made,
    when_made: f.when_made,
    is_supply: f.is_supply ?? false,
    item_weight: null,
    item_weight_unit: null,
    item_length: null,
    item_width: null,
    item_height: null,
    item_dimensions_unit: null,
    is_private: false,
    style: f.styles ?? [],
    file_data: '',
    has_variations: false,
    should_auto_renew: f.should_auto_renew ?? false,
    language: 'en-US',
    price: etsyMoney(l.priceCents),
    taxonomy_id: f.taxonomy_id,
    readiness_state_id: f.readiness_state_id ?? null,
    suggested_title: null,
  };
}

/** Formats a picture of a listing. */
export function showImage(world: World, a: Asset): Record<string, unknown> {
  const url = `${world.publicUrl}/etsy/image/${a.id}`;
  return {
    listing_id: a.listingId,
    listing_image_id: a.id,
    hex_code: null,
    red: null,
    green: null,
    blue: null,
    hue: null,
    saturation: null,
    brightness: null,
    is_black_and_white: null,
    creation_tsz: etsyTime(a.createdAt),
    created_timestamp: etsyTime(a.createdAt),
    rank: a.rank,
    url_75x75: url,
    url_170x135: url,
    url_570xN: url,
    url_fullxfull: url,
    full_height: null,
    full_width: null,
    alt_text: escaped(a.altText),
  };
}

/** Formats a digital file of a listing. */
export const showFile = (a: Asset): Record<string, unknown> => ({
  listing_file_id: a.id,
  listing_id: a.listingId,
  rank: a.rank,
  filename: escaped(a.name),
  filesize:
    a.bytes >= 1_048_576 ? `${(a.bytes / 1_048_576).toFixed(2)} MB` : `${(a.bytes / 1024).toFixed(2)} KB`,
  size_bytes: a.bytes,
  filetype: a.contentType,
  create_timestamp: etsyTime(a.createdAt),
  created_timestamp: etsyTime(a.createdAt),
});

/** Formats the inventory of a listing without variations: one product with one offering. */
export const showInventory = (l: Listing): Record<string, unknown> => ({
  products: [
    {
      product_id: l.id + 10_000_000_000,
      sku: escaped(l.sku),
      is_deleted: false,
      offerings: [
        {
          offering_id: l.id + 20_000_000_000,
          quantity: l.quantity,
          is_enabled: true,
          is_deleted: false,
          price: etsyMoney(l.priceCents),
          readiness_state_id: (l.fields.readiness_state_id as number | undefined) ?? null,
        },
      ],
      property_values: [],
    },
  ],
  price_on_property: [],
  quantity_on_property: [],
  sku_on_property: [],
});

export function showShop(
  world: World,
  shop: Account,
  counts: { active: number; digital: number; sold: number },
) {
  const created = etsyTime(shop.createdAt);
  return {
    shop_id: Number(shop.id),
    user_id: Number(shop.parentId),
    shop_name: shop.handle,
    create_date: created,
    created_timestamp: created,
    title: escaped(shop.about),
    announcement: null,
    currency_code: 'USD',
    is_vacation: false,
    vacation_message: null,
    sale_message: null,
    digital_sale_message: null,
    update_date: created,
    updated_timestamp: created,
    listing_active_count: counts.active,
    digital_listing_count: counts.digital,
    login_name: shop.handle.toLowerCase(),
    accepts_custom_requests: false,
    policy_welcome: null,
    policy_payment: null,
    policy_shipping: null,
    policy_refunds: null,
    policy_additional: null,
    policy_seller_info: null,
    policy_update_date: created,
    policy_has_private_receipt_info: false,
    has_unstructured_policies: false,
    policy_privacy: null,
    vacation_autoreply: null,
    url: `${world.publicUrl}/etsy/shop/${shop.handle}`,
    image_url_760x100: null,
    num_favorers: shop.followers,
    languages: ['en-US'],
    icon_url_fullxfull: null,
    is_using_structured_policies: true,
    has_onboarded_structured_policies: true,
    include_dispute_form_link: false,
    is_direct_checkout_onboarded: true,
    is_etsy_payments_onboarded: true,
    is_calculated_eligible: true,
    is_opted_in_to_buyer_promise: false,
    is_shop_us_based: true,
    transaction_sold_count: counts.sold,
    shipping_from_country_iso: 'US',
    shop_location_country_iso: 'US',
    review_count: 0,
    review_average: null,
  };
}

/** Formats the item that was sold with a receipt. */
export function showTransaction(r: Receipt, shop: Account): Record<string, unknown> {
  const created = etsyTime(r.createdAt);
  return {
    transaction_id: transactionId(r.id),
    title: escaped(r.title),
    description: null,
    seller_user_id: Number(shop.parentId),
    buyer_user_id: r.buyerId,
    create_timestamp: created,
    created_timestamp: created,
    paid_timestamp: created,
    shipped_timestamp: r.digital ? created : null,
    quantity: r.quantity,
    listing_image_id: null,
    receipt_id: r.id,
    is_digital: r.digital,
    file_data: '',
    listing_id: r.listingId,
    transaction_type: 'listing',
    product_id: r.listingId + 10_000_000_000,
    sku: r.sku ? escaped(r.sku) : null,
    price: etsyMoney(r.priceCents),
    shipping_cost: etsyMoney(r.shippingCents),
    variations: [],
    product_data: [],
    shipping_profile_id: null,
    min_processing_days: null,
    max_processing_days: null,
    shipping_method: null,
    shipping_upgrade: null,
    expected_ship_date: null,
    buyer_coupon: 0,
    shop_coupon: r.discountCents / 100,
  };
}

/** Formats an order. */
export function showReceipt(r: Receipt, shop: Account): Record<string, unknown> {
  const total = totalOf(r);
  const mail = `${r.buyerName.toLowerCase().replace(/[^a-z]+/g, '.')}@example.com`;
  const whole = r.refundedCents >= total;
  return {
    receipt_id: r.id,
    receipt_type: 0,
    seller_user_id: Number(shop.parentId),
    seller_email: `${shop.handle.toLowerCase()}@example.com`,
    buyer_user_id: r.buyerId,
    buyer_email: mail,
    name: escaped(r.buyerName),
    first_line: '12 Maple Street',
    second_line: null,
    city: 'Portland',
    state: 'OR',
    zip: '97205',
    status: whole
      ? r.unposted
        ? 'canceled'
        : 'fully refunded'
      : r.refundedCents > 0
        ? 'partially refunded'
        : r.digital && !r.unposted
          ? 'completed'
          : 'paid',
    formatted_address: `${escaped(r.buyerName)}\n12 Maple Street\nPortland, OR 97205\nUnited States`,
    country_iso: 'US',
    payment_method: 'cc',
    payment_email: null,
    message_from_seller: null,
    message_from_buyer: null,
    message_from_payment: null,
    is_paid: true,
    is_shipped: r.digital && !r.unposted,
    create_timestamp: etsyTime(r.createdAt),
    created_timestamp: etsyTime(r.createdAt),
    update_timestamp: etsyTime(r.updatedAt),
    updated_timestamp: etsyTime(r.updatedAt),
    is_gift: false,
    gift_message: '',
    gift_sender: '',
    grandtotal: etsyMoney(total),
    subtotal: etsyMoney(subtotalOf(r)),
    total_price: etsyMoney(r.priceCents * r.quantity),
    total_shipping_cost: etsyMoney(r.shippingCents),
    total_tax_cost: etsyMoney(r.taxCents),
    total_vat_cost: etsyMoney(r.vatCents),
    discount_amt: etsyMoney(r.discountCents),
    gift_wrap_price: etsyMoney(r.giftWrapCents),
    shipments: [],
    transactions: [showTransaction(r, shop)],
    refunds: refundsOf(r).map(({ cents, at }) => ({
      amount: etsyMoney(cents),
      created_timestamp: etsyTime(new Date(at)),
      reason: 'The buyer asked for it',
      note_from_issuer: null,
      status: 'success',
    })),
  };
}

const BUYERS_CURRENCY = 'USD';

/** Formats the payment of an order, with Etsy's processing fee. */
export function showPayment(r: Receipt, shop: Account): Record<string, unknown> {
  const total = totalOf(r);
  const gross = settled(r, total);
  const fees = settled(r, r.feeCents);
  const posted = r.unposted ? null : settled(r, postedOf(r));
  const left = gross - settled(r, r.refundedCents);
  const keptFee = left === 0 ? 0 : Math.ceil((fees * left) / gross);
  // As Etsy answers: the value is in the payment's currency, and the code beside it is the buyer's.
  const inLedger = (cents: number) => etsyMoney(cents, BUYERS_CURRENCY);
  const created = etsyTime(r.createdAt);
  const updated = etsyTime(r.refundedAt && r.refundedAt > r.updatedAt ? r.refundedAt : r.updatedAt);
  return {
    payment_id: paymentId(r.id),
    buyer_user_id: r.buyerId,
    shop_id: Number(shop.id),
    receipt_id: r.id,
    amount_gross: inLedger(gross),
    amount_fees: inLedger(fees),
    amount_net: inLedger(gross - fees),
    posted_gross: posted === null ? null : inLedger(posted),
    posted_fees: posted === null ? null : inLedger(fees),
    posted_net: posted === null ? null : inLedger(posted - fees),
    adjusted_gross: inLedger(left),
    adjusted_fees: inLedger(keptFee),
    adjusted_net: inLedger(left - keptFee),
    currency: ledgerCurrency(r),
    shop_currency: 'USD',
    buyer_currency: BUYERS_CURRENCY,
    shipping_user_id: null,
    shipping_address_id: 1,
    billing_address_id: 0,
    status: r.unposted ? 'authed' : 'settled',
    shipped_timestamp: null,
    create_timestamp: created,
    created_timestamp: created,
    update_timestamp: updated,
    updated_timestamp: updated,
    payment_adjustments: adjustments(r, shop),
  };
}

/** The refunds of an order, with what each took from the payment account and from the buyer's payment. */
function adjustments(r: Receipt, shop: Account): Record<string, unknown>[] {
  let before = 0;
  return refundsOf(r).map(({ cents, at }, i) => {
    const amount = settled(r, before + cents) - settled(r, before);
    before += cents;
    const created = etsyTime(new Date(at));
    return {
      payment_adjustment_id: adjustmentId(r.id, i + 1),
      payment_id: paymentId(r.id),
      status: 'success',
      is_success: true,
      user_id: Number(shop.parentId),
      reason_code: 'buyer_request',
      total_adjustment_amount: amount,
      shop_total_adjustment_amount: cents,
      buyer_total_adjustment_amount: cents,
      total_fee_adjustment_amount: Math.floor((settled(r, r.feeCents) * cents) / totalOf(r)),
      create_timestamp: created,
      created_timestamp: created,
      update_timestamp: created,
      updated_timestamp: created,
      payment_adjustment_items: [],
    };
  });
}

export function showLedgerEntry(
  e: typeof etsyLedger.$inferSelect,
  balance: number,
  sequence: number,
): Record<string, unknown> {
  const entry: Record<string, unknown> = {
    entry_id: e.id,
    ledger_id: Number(e.shopId),
    sequence_number: sequence,
    amount: e.amount,
    currency: e.currency,
    description: e.description,
    balance,
    create_date: etsyTime(e.createdAt),
    created_timestamp: etsyTime(e.createdAt),
    ledger_type: e.ledgerType,
    reference_type: e.referenceType,
    reference_id: e.referenceId,
    parent_entry_id: e.parentId,
    payment_adjustments: [],
    ...e.shown,
  };
  return Object.fromEntries(Object.entries(entry).filter(([name]) => e.shown?.[name] !== null));
}
