import { describe, expect, it } from 'vitest';
import { clientOf } from './client-of';
import { deviceName } from './device-name';

describe('the client of a request', () => {
  it('believes the nearest proxy only, and names common browsers', () => {
    expect(clientOf(new Headers({ 'x-forwarded-for': '6.6.6.6, 198.51.100.7' })).ip).toBe('198.51.100.7');
    expect(
      deviceName(
        'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605 Version/18.0 Mobile Safari/604.1',
      ),
    ).toBe('Safari on iOS');
    expect(deviceName(null)).toBe('Unknown device');
  });
});
