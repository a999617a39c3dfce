/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Owns what a display must promise to an app, and what becomes of a window's pixels. */
#include "ui-picture.h"

#include <X11/Xatom.h>
#include <X11/Xlib.h>
#include <X11/Xutil.h>
#include <gdk-pixbuf/gdk-pixbuf.h>

static Atom
atom (Display *x, const char *name)
{
    return XInternAtom (x, name, False);
}

static void
set_property (Display *x, Window window, const char *name, Atom type, unsigned long value)
{
    XChangeProperty (x, window, atom (x, name), type, 32, PropModeReplace,
                     (const unsigned char *) &value, 1);
}

/* There is a compositor, and a window manager that knows of shadows. */
void
ui_picture_promise (const char *display)
{
    Display *x = XOpenDisplay (display);
    Window root, manager;

    g_assert_nonnull (x);
    root = DefaultRootWindow (x);
    manager = XCreateSimpleWindow (x, root, -1, -1, 1, 1, 0, 0, 0);
    XSetSelectionOwner (x, atom (x, "_NET_WM_CM_S0"), manager, CurrentTime);
    set_property (x, root, "_NET_SUPPORTED", XA_ATOM, atom (x, "_GTK_FRAME_EXTENTS"));
    set_property (x, root, "_NET_SUPPORTING_WM_CHECK", XA_WINDOW, manager);
    set_property (x, manager, "_NET_SUPPORTING_WM_CHECK", XA_WINDOW, manager);
    XSync (x, False);
}

static gboolean
find_topmost (Display *x, Window *topmost, XWindowAttributes *is)
{
    Window root, parent, *windows = NULL;
    unsigned int n_windows = 0;
    gboolean found = FALSE;

    XQueryTree (x, DefaultRootWindow (x), &root, &parent, &windows, &n_windows);
    for (unsigned int i = n_windows; i-- > 0 && !found;) {
        *topmost = windows[i];
        found = XGetWindowAttributes (x, windows[i], is) && is->map_state == IsViewable
                && !is->override_redirect && is->class == InputOutput;
    }
    if (windows != NULL)
        XFree (windows);
    return found;
}

/* A pixel of X has its colours multiplied by its alpha. */
static void
copy_pixel (unsigned long pixel, gboolean transparent, guchar *to)
{
    guint alpha = transparent ? pixel >> 24 & 0xff : 0xff;

    for (int i = 0; i < 3; i++) {
        guint colour = pixel >> (16 - 8 * i) & 0xff;

        to[i] = (guchar) (alpha > 0 ? MIN (colour * 255 / alpha, 255) : 0);
    }
    to[3] = (guchar) alpha;
}

static GdkPixbuf *
copy_pixels (XImage *image)
{
    GdkPixbuf *pixbuf = gdk_pixbuf_new (GDK_COLORSPACE_RGB, TRUE, 8, image->width, image->height);
    guchar *pixels = gdk_pixbuf_get_pixels (pixbuf);
    int stride = gdk_pixbuf_get_rowstride (pixbuf);

    for (int y = 0; y < image->height; y++)
        for (int x = 0; x < image->width; x++)
            copy_pixel (XGetPixel (image, x, y), image->depth == 32, pixels + y * stride + x * 4);
    return pixbuf;
}

static GdkPixbuf *
take (Display *x, GError **error)
{
    Window topmost;
    XWindowAttributes is;
    XImage *image = NULL;
    GdkPixbuf *pixbuf;

    if (find_topmost (x, &topmost, &is))
        image = XGetImage (x, topmost, 0, 0, (unsigned int) is.width, (unsigned int) is.height,
                           AllPlanes, ZPixmap);
    if (image == NULL) {
        g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "there is no window to be seen");
        return NULL;
    }
    pixbuf = copy_pixels (image);
    XDestroyImage (image);
    return pixbuf;
}

gboolean
ui_picture_save (const char *display, const char *path, GError **error)
{
    Display *x = XOpenDisplay (display);
    g_autoptr (GdkPixbuf) pixbuf = NULL;

    g_assert_nonnull (x);
    pixbuf = take (x, error);
    XCloseDisplay (x);
    return pixbuf != NULL && gdk_pixbuf_save (pixbuf, path, "png", error, "compression", "9", NULL);
}
