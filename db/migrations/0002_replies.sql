ALTER TABLE "sandbox"."posts" ADD COLUMN "reply_to" text;--> statement-breakpoint
CREATE INDEX "sandbox_posts_replies" ON "sandbox"."posts" USING btree ("reply_to");