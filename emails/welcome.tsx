import { Go, Layout, P } from './_layout';

export interface Props {
  url: string;
}
export const subject = () => 'Welcome to Tributary';
export const preview: Props = { url: 'https://tributary.example/onboarding' };

export default function Welcome({ url }: Props) {
  return (
    <Layout preview="Your workspace is ready." heading="Welcome to Tributary">
      <P>
        Your workspace is ready. Four short steps set it up: a plan, your accounts, your topics, and when to
        post.
      </P>
      <P>Nothing is posted before you say so.</P>
      <Go href={url}>Set up your workspace</Go>
    </Layout>
  );
}
