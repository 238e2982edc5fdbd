import type { NextConfig } from 'next';
import createNextIntlPlugin from 'next-intl/plugin';

const config: NextConfig = {
  serverExternalPackages: [
    '@electric-sql/pglite',
    '@node-rs/argon2',
    'fs-native-extensions',
    'pg',
    'pg-connection-string',
    'ws',
    '@react-pdf/renderer',
    'undici',
    'pino',
    '@react-email/render',
  ],
  poweredByHeader: false,
  reactStrictMode: true,
  // No page has pictures that Next makes smaller: nobody gets to make it work on any.
  images: { unoptimized: true },
  typescript: { ignoreBuildErrors: true },
  experimental: { optimizePackageImports: ['lucide-react', 'radix-ui'] },
  // Browsers ask for this by themselves on pages that name no icon.
  async rewrites() {
    return [{ source: '/favicon.ico', destination: '/icon.svg' }];
  },
  async headers() {
    return [
      {
        source: '/(.*)',
        headers: [
          { key: 'X-Content-Type-Options', value: 'nosniff' },
          { key: 'X-Frame-Options', value: 'DENY' },
          { key: 'Referrer-Policy', value: 'strict-origin-when-cross-origin' },
          { key: 'Permissions-Policy', value: 'camera=(), microphone=(), geolocation=()' },
        ],
      },
    ];
  },
};

const withMessages = createNextIntlPlugin({
  requestConfig: './i18n/request.ts',
  // The build compiles the messages, so that pages carry a small formatter and no parser.
  experimental: {
    messages: {
      path: ['./i18n/messages/en', './server/connectors'],
      format: 'json',
      locales: 'infer',
      precompile: true,
    },
  },
});

export default withMessages(config);
