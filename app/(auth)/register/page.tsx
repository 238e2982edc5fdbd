import { redirect } from 'next/navigation';
import { titled } from '@/components/words/titled';
import { getViewer } from '@/server/trpc/context';
import { RegisterForm } from './register-form';

export const generateMetadata = titled('register');
export const dynamic = 'force-dynamic';

export default async function RegisterPage() {
  if ((await getViewer())?.workspace) redirect('/home');
  return (
    <>
      <h1 className="font-semibold text-2xl tracking-tight">Create an account</h1>
      <p className="mt-2 mb-6 text-muted-foreground">
        Start on the Free plan. You can upgrade later and need no card now.
      </p>
      <RegisterForm />
      <p className="mt-6 text-sm">
        You have an account already?{' '}
        <a href="/sign-in" className="text-accent underline underline-offset-4">
          Sign in
        </a>
      </p>
    </>
  );
}
