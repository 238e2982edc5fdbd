import type { Metadata } from 'next';
import { ProductForm } from '@/components/products/product-form';
import { api } from '@/components/trpc/server';
import { PageHeader } from '@/components/ui/page-header';
import { requireViewer } from '@/server/trpc/context';

export const metadata: Metadata = { title: 'New product' };

export default async function NewProductPage() {
  const [viewer, caller] = await Promise.all([requireViewer(), api()]);
  const workspace = await caller.workspace.get();
  return (
    <>
      <PageHeader
        title="New product"
        description="A digital product: its words, its price and the file that a buyer downloads."
        back={{ href: '/products', label: 'Products' }}
      />
      <ProductForm
        product={null}
        currency={workspace.reportingCurrency}
        canWrite={viewer.workspace.role !== 'viewer'}
      />
    </>
  );
}
