import { Go, Layout, P } from './_layout';

export interface Props {
  name: string;
  url: string;
}
export const subject = () => 'Welcome to Tributary';
export const preview: Props = { name: 'Mira Okafor', url: 'https://tributary.example/onboarding' };

export default function Welcome({ name, url }: Props) {
  return (
    <Layout preview="Your workspace is ready." heading={`Welcome, ${name}`}>
      <P>
        Your workspace is ready. Four short steps set it up: a plan, your accounts, your topics, and when to
        post.
      </P>
      <P>Nothing is posted before you say so.</P>
      <Go href={url}>Set up your workspace</Go>
    </Layout>
  );
}
