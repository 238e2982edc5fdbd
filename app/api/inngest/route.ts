import { handler } from '@/inngest/serve';

export const dynamic = 'force-dynamic';
export const maxDuration = 300;

export const GET = handler;
export const POST = handler;
export const PUT = handler;
