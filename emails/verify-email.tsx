import { Go, Layout, P, Small } from './_layout';

export interface Props {
  url: string;
  hours: number;
}
export const subject = () => 'Confirm your e-mail address';
export const preview: Props = {
  url: 'https://tributary.example/verify?token=example',
  hours: 48,
};

export default function VerifyEmail({ url, hours }: Props) {
  return (
    <Layout preview="One click confirms that this address is yours." heading="Confirm your e-mail address">
      <P>
        Please confirm that this address is yours. We use it for approvals, for problems with a connection and
        to reset your password.
      </P>
      <Go href={url}>Confirm this address</Go>
      <Small>
        The link works once and for {hours} hours. If you did not register, you can ignore this e-mail.
      </Small>
    </Layout>
  );
}
