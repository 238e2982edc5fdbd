import { Go, Layout, P } from './_layout';

export interface Props {
  workspaceName: string;
  platform: string;
  account: string;
  /** What is wrong, as a sentence. */
  problem: string;
  url: string;
}
export const subject = (p: Props) => `${p.platform} needs to be connected again`;
export const preview: Props = {
  workspaceName: 'Riverside Studio',
  platform: 'X',
  account: '@riverside',
  problem: 'X no longer accepts our access.',
  url: 'https://tributary.example/connections',
};

export default function ConnectionProblem(p: Props) {
  return (
    <Layout preview={p.problem} heading={`${p.platform} needs to be connected again`}>
      <P>
        {p.problem} Posts and sales of {p.account} in {p.workspaceName} wait until you connect it again.
        Nothing is lost.
      </P>
      <Go href={p.url}>Connect {p.platform} again</Go>
    </Layout>
  );
}
