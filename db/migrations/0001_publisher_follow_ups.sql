CREATE TABLE "publication_results" (
	"publication_id" text PRIMARY KEY NOT NULL,
	"workspace_id" text NOT NULL,
	"connection_id" text NOT NULL,
	"likes" integer,
	"replies" integer,
	"reposts" integer,
	"views" integer,
	"read_at" timestamp with time zone,
	"next_read_at" timestamp with time zone,
	"missing_since" timestamp with time zone,
	"gone" boolean DEFAULT false NOT NULL,
	"failures" integer DEFAULT 0 NOT NULL,
	"problem" text,
	"boost_state" text,
	"boost_at" timestamp with time zone,
	"boost_count" integer,
	"boost_note" text
);
--> statement-breakpoint
CREATE TABLE "sandbox"."reposts" (
	"account_id" text NOT NULL,
	"post_id" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "reposts_account_id_post_id_pk" PRIMARY KEY("account_id","post_id")
);
--> statement-breakpoint
DROP INDEX "publications_due";--> statement-breakpoint
ALTER TABLE "publication_attempts" ADD COLUMN "key" text;--> statement-breakpoint
ALTER TABLE "publications" ADD COLUMN "parts" jsonb DEFAULT '[]'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "publications" ADD COLUMN "kind" text DEFAULT 'post' NOT NULL;--> statement-breakpoint
ALTER TABLE "publications" ADD COLUMN "follows_id" text;--> statement-breakpoint
ALTER TABLE "publications" ADD COLUMN "boost" jsonb;--> statement-breakpoint
ALTER TABLE "variants" ADD COLUMN "parts" jsonb DEFAULT '[]'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "posting_settings" ADD COLUMN "boost" jsonb;--> statement-breakpoint
ALTER TABLE "sandbox"."posts" ADD COLUMN "reply_to" text;--> statement-breakpoint
ALTER TABLE "publication_results" ADD CONSTRAINT "publication_results_workspace_id_workspaces_id_fk" FOREIGN KEY ("workspace_id") REFERENCES "public"."workspaces"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "publication_results" ADD CONSTRAINT "publication_results_workspace_id_publication_id_publications_workspace_id_id_fk" FOREIGN KEY ("workspace_id","publication_id") REFERENCES "public"."publications"("workspace_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "publication_results_due" ON "publication_results" USING btree ("next_read_at") WHERE next_read_at is not null;--> statement-breakpoint
CREATE INDEX "publication_results_line" ON "publication_results" USING btree ("connection_id","next_read_at") WHERE next_read_at is not null;--> statement-breakpoint
CREATE INDEX "publication_results_reached" ON "publication_results" USING btree ("boost_at") WHERE boost_state = 'reached';--> statement-breakpoint
CREATE INDEX "sandbox_reposts_post" ON "sandbox"."reposts" USING btree ("post_id");--> statement-breakpoint
ALTER TABLE "publications" ADD CONSTRAINT "publications_workspace_id_follows_id_publications_workspace_id_id_fk" FOREIGN KEY ("workspace_id","follows_id") REFERENCES "public"."publications"("workspace_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "publications_again" ON "publications" USING btree (greatest(due_at, retry_at, claimed_until)) WHERE state = 'scheduled' and (retry_at is not null or claimed_until is not null);--> statement-breakpoint
CREATE INDEX "publications_follows" ON "publications" USING btree ("follows_id") WHERE follows_id is not null;--> statement-breakpoint
CREATE INDEX "sandbox_posts_replies" ON "sandbox"."posts" USING btree ("reply_to");--> statement-breakpoint
CREATE INDEX "publications_due" ON "publications" USING btree ("due_at","workspace_id","retry_at","claimed_until") WHERE state = 'scheduled';