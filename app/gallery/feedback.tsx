'use client';

import { Inbox } from 'lucide-react';
import { Alert } from '@/components/ui/alert';
import { Button } from '@/components/ui/button';
import { EmptyState } from '@/components/ui/empty-state';
import { ErrorState } from '@/components/ui/error-state';
import { Progress } from '@/components/ui/progress';
import { Skeleton, SkeletonRows } from '@/components/ui/skeleton';
import { toast } from '@/components/ui/toast';
import { Line, Sample } from './sample';

/** Samples of the feedback components. */
export function Feedback() {
  return (
    <>
      <Sample name="alert">
        <Alert title="Sales are read every hour.">The last time was at 14:00.</Alert>
        <Alert variant="info" title="Two of your posts use a link.">
          X counts every link as 23 characters.
        </Alert>
        <Alert variant="positive" title="Etsy is connected." />
        <Alert
          variant="warning"
          title="You use 4 of 5 posts today."
          action={
            <Button size="sm" variant="outline">
              See plans
            </Button>
          }
        />
        <Alert
          variant="destructive"
          title="We could not post to X: the connection has expired."
          action={
            <Button size="sm" variant="outline">
              Reconnect
            </Button>
          }
        >
          Three posts wait for it. They go out when it is back.
        </Alert>
      </Sample>
      <Sample name="empty-state, error-state">
        <EmptyState
          icon={Inbox}
          title="No products yet."
          description="Add a file that you sell, then list it on your shop."
          action={<Button>Add a product</Button>}
        />
        <ErrorState
          title="We could not load your orders."
          description="The database did not answer in time. Try again in a moment."
          reference="4f7k2m9q"
          onRetry={() => toast('Tried again')}
        />
      </Sample>
      <Sample name="progress, skeleton">
        <Progress label="Posts today" value={2} max={5} />
        <Progress label="Posts today" value={4} max={5} tone="warning" />
        <Progress label="Posts today" value={5} max={5} tone="destructive" />
        <Progress label="Uploading" />
        <Skeleton className="h-8 w-1/2" />
        <SkeletonRows rows={2} />
      </Sample>
      <Sample name="toast">
        <Line>
          <Button
            variant="outline"
            onClick={() => toast('Post moved to Friday', { action: { label: 'Undo', onClick: () => {} } })}
          >
            With Undo
          </Button>
          <Button variant="outline" onClick={() => toast.success('Saved to the library')}>
            Done
          </Button>
          <Button
            variant="outline"
            onClick={() =>
              toast.error('We could not save the post', { description: 'What you typed is still here.' })
            }
          >
            Failed
          </Button>
        </Line>
      </Sample>
    </>
  );
}
