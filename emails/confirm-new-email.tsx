import { Go, Layout, P, Small } from './_layout';

export interface Props {
  url: string;
  hours: number;
}
export const subject = () => 'Confirm your new e-mail address';
export const preview: Props = { url: 'https://tributary.example/verify?token=example', hours: 48 };

export default function ConfirmNewEmail({ url, hours }: Props) {
  return (
    <Layout preview="One click moves your account to this address." heading="Confirm your new e-mail address">
      <P>
        Somebody wants to use this address for an account. If it was you, please confirm that it is yours.
      </P>
      <Go href={url}>Use this address</Go>
      <Small>
        The link works once and for {hours} hours. If it was not you, ignore this e-mail: nothing changes.
      </Small>
    </Layout>
  );
}
