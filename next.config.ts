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
    'pdfkit',
    'fontkit',
    'subset-font',
    'harfbuzzjs',
    'undici',
    'pino',
    // It requires Node's own punycode, which Node deprecates everywhere but in packages.
    'twitter-text',
    '@react-email/render',
  ],
  poweredByHeader: false,
  reactStrictMode: true,
  // No page uses Next's image optimizer, so it is off and cannot be abused.
  images: { unoptimized: true },
  typescript: { ignoreBuildErrors: true },
  experimental: { optimizePackageImports: ['lucide-react', 'radix-ui'] },
  // Browsers request this automatically on pages without an icon link.
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
  // The build precompiles the messages, so pages ship a small formatter and no parser.
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
