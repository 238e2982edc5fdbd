import { Go, Layout, P, Small } from './_layout';

export interface Props {
  url: string;
  minutes: number;
}
export const subject = () => 'Set a new password';
export const preview: Props = {
  url: 'https://tributary.example/reset?token=example',
  minutes: 60,
};

export default function ResetPassword({ url, minutes }: Props) {
  return (
    <Layout preview="The link to set a new password." heading="Set a new password">
      <P>Somebody asked to set a new password for your account. If it was you, use this link.</P>
      <Go href={url}>Set a new password</Go>
      <Small>
        The link works once and for {minutes} minutes. A new password signs you out everywhere. If it was not
        you, ignore this e-mail: your password stays as it is.
      </Small>
    </Layout>
  );
}
