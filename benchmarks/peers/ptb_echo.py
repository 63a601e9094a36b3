"""A bare python-telegram-bot echo bot, as its documentation ships it, by webhook. Stores nothing."""

import sys

from telegram import Update
from telegram.ext import Application, ContextTypes, MessageHandler, filters


async def echo(update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
    """Echo the user message."""
    if update.message and update.message.text:
        await update.message.reply_text(update.message.text)


def main(api_url: str, token: str, port: str, mode: str = "sequential") -> None:
    """Serve until killed. Sequential is the default as shipped; concurrent is what a busy bot switches on."""
    builder = Application.builder().token(token).base_url(f"{api_url}/bot")
    application = builder.concurrent_updates(mode == "concurrent").build()
    application.add_handler(MessageHandler(filters.TEXT & ~filters.COMMAND, echo))
    application.run_webhook(
        listen="127.0.0.1",
        port=int(port),
        url_path="telegram/webhook",
        webhook_url=f"http://127.0.0.1:{port}/telegram/webhook",
        secret_token="benchmark_secret_0",
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
