import { handleInngestCall } from '@/inngest/serve';

export const dynamic = 'force-dynamic';
export const maxDuration = 300;

export const GET = handleInngestCall;
export const POST = handleInngestCall;
export const PUT = handleInngestCall;
