/** Formats that shops accept as a listing's picture. */
export const LISTING_PICTURES: readonly string[] = ['image/jpeg', 'image/png', 'image/gif'];
export const LISTING_PICTURE_LABELS = 'JPEG, PNG, GIF';
