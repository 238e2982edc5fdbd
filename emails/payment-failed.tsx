import { Go, Layout, P } from './_layout';

export interface Props {
  workspaceName: string;
  plan: string;
  /** The amount as it is shown, such as "$29.00". */
  amount: string;
  url: string;
}
export const subject = (p: Props) => `The payment for ${p.plan} did not go through`;
export const preview: Props = {
  workspaceName: 'Riverside Studio',
  plan: 'Pro',
  amount: '$29.00',
  url: 'https://tributary.example/settings/billing',
};

export default function PaymentFailed(p: Props) {
  return (
    <Layout preview={`${p.amount} could not be charged.`} heading="The payment did not go through">
      <P>
        We could not charge {p.amount} for {p.plan} of {p.workspaceName}. Your plan stays as it is while the
        payment is tried again. Please check your card.
      </P>
      <Go href={p.url}>Check the payment</Go>
    </Layout>
  );
}
