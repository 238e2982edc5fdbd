import { handleInngest } from '@/inngest/serve';

export const dynamic = 'force-dynamic';
export const maxDuration = 300;

export const GET = handleInngest;
export const POST = handleInngest;
export const PUT = handleInngest;
