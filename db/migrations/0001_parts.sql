ALTER TABLE "publications" ADD COLUMN "parts" jsonb DEFAULT '[]'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "publications" ADD COLUMN "kind" text DEFAULT 'post' NOT NULL;--> statement-breakpoint
ALTER TABLE "publications" ADD COLUMN "follows_id" text;--> statement-breakpoint
ALTER TABLE "variants" ADD COLUMN "parts" jsonb DEFAULT '[]'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "publications" ADD CONSTRAINT "publications_workspace_id_follows_id_publications_workspace_id_id_fk" FOREIGN KEY ("workspace_id","follows_id") REFERENCES "public"."publications"("workspace_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "publications_follows" ON "publications" USING btree ("follows_id") WHERE follows_id is not null;