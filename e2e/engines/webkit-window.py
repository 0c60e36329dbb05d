#!/usr/bin/python3
"""A WebKitGTK window that WebKitWebDriver may drive: `webkit-window.py DOWNLOADS [PROFILE]`.

MiniBrowser, which comes with WebKitGTK, does the same, but all that it drives is a private window. Without a PROFILE this
is one, too. What Safari has and WebKitGTK has not switched on yet (navigator.storage and the origin private file system)
stays off: this is the engine as Debian builds it.
"""
import os
import sys

import gi

gi.require_version('Gtk', '3.0')
gi.require_version('WebKit2', '4.1')
from gi.repository import Gtk, WebKit2

downloads, profile = sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else None

if profile is None:
    manager = WebKit2.WebsiteDataManager.new_ephemeral()
else:
    manager = WebKit2.WebsiteDataManager(
        base_data_directory=os.path.join(profile, 'data'), base_cache_directory=os.path.join(profile, 'cache')
    )
context = WebKit2.WebContext(website_data_manager=manager)
context.set_automation_allowed(True)


def create_view(_session):
    settings = WebKit2.Settings(enable_write_console_messages_to_stdout=True)
    view = WebKit2.WebView(web_context=context, is_controlled_by_automation=True, settings=settings)
    window = Gtk.Window(default_width=1280, default_height=800)
    window.add(view)
    view.connect('close', lambda _: window.destroy())
    window.connect('destroy', lambda _: Gtk.main_quit())
    window.show_all()
    return view


def begin(_context, session):
    info = WebKit2.ApplicationInfo()
    info.set_name('WebKitGTK')
    info.set_version(WebKit2.get_major_version(), WebKit2.get_minor_version(), WebKit2.get_micro_version())
    session.set_application_info(info)
    session.connect('create-web-view', create_view)


def save(download, name):
    download.set_destination('file://' + os.path.join(downloads, os.path.basename(name)))
    return True


context.connect('automation-started', begin)
context.connect('download-started', lambda _, download: download.connect('decide-destination', save))
Gtk.main()
