import { describe, expect, it } from 'vitest';
import { clientOf } from './client-of';
import { deviceName } from './device-name';

const asking = (languages: string) => clientOf(new Headers({ 'accept-language': languages })).locale;

describe('the client of a request', () => {
  it('trusts only the nearest proxy, and names common browsers', () => {
    expect(clientOf(new Headers({ 'x-forwarded-for': '6.6.6.6, 198.51.100.7' })).ip).toBe('198.51.100.7');
    expect(
      deviceName(
        'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605 Version/18.0 Mobile Safari/604.1',
      ),
    ).toEqual('Safari on iOS');
    expect(deviceName(null)).toEqual('Unknown device');
  });

  it('has a supported language, never the pseudo-locale for tests', () => {
    expect(asking('en-GB,en;q=0.8')).toBe('en');
    expect(asking('')).toBe('en');
    expect(asking('en-XA')).toBe('en');
  });
});
