/* SPDX-License-Identifier: GPL-3.0-or-later */
/* picture-goes-on: draws on the X display fifty times a second and waits each time until the server
 * has done it. When it is ended by SIGTERM it prints the longest time in ms that a drawing took; it
 * fails when it loses the server. */
#include <X11/Xlib.h>
#include <glib-unix.h>
#include <stdlib.h>

typedef struct {
    GMainLoop *loop;
    Display *display;
    Window window;
    guint drawings;
    gint64 longest;
} Picture;

static gboolean
draw (gpointer data)
{
    Picture *picture = data;
    GC context = DefaultGC (picture->display, DefaultScreen (picture->display));
    gint64 began = g_get_monotonic_time (), took;

    XSetForeground (picture->display, context, picture->drawings * 0x010305);
    XFillRectangle (picture->display, picture->window, context, 0, 0, 200, 200);
    XSync (picture->display, False);
    took = g_get_monotonic_time () - began;
    picture->drawings++;
    picture->longest = MAX (picture->longest, took);
    return G_SOURCE_CONTINUE;
}

static gboolean
end (gpointer data)
{
    Picture *picture = data;

    g_main_loop_quit (picture->loop);
    return G_SOURCE_CONTINUE;
}

int
main (void)
{
    Picture picture = { g_main_loop_new (NULL, FALSE), XOpenDisplay (NULL), 0, 0, 0 };

    if (picture.display == NULL)
        return EXIT_FAILURE;
    picture.window = XCreateSimpleWindow (picture.display, DefaultRootWindow (picture.display), 0,
                                          0, 200, 200, 0, 0, 0);
    XMapWindow (picture.display, picture.window);
    g_timeout_add (20, draw, &picture);
    g_unix_signal_add (SIGTERM, end, &picture);
    g_main_loop_run (picture.loop);
    g_print ("%" G_GINT64_FORMAT "\n", picture.longest / 1000);
    return picture.drawings > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
