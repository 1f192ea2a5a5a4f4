/*
 * A wire of a given length: passes TCP on to 127.0.0.1 and lets every byte take the same time each way.
 *
 *     delay-proxy LISTEN_PORT TARGET_PORT ONE_WAY_MICROSECONDS
 *
 * Because the delay is the same for all, one queue for all connections is in order of time. It prints "ready" when it
 * listens, and ends when its input is closed.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { MOST_SOCKETS = 4096, CHUNK = 65536, LISTENER = 0, INPUT = 1, FIRST = 2 };

struct chunk {
    struct chunk *next;
    long long due; /* ns */
    int to;
    size_t length; /* 0: the other side has closed */
    char bytes[];
};

static struct pollfd polled[MOST_SOCKETS];
static int count;
static int peer_of[MOST_SOCKETS]; /* by file descriptor */
static int half_open[MOST_SOCKETS]; /* directions that still flow, by the smaller descriptor of a pair */
static struct chunk *first, *last;

static void give_up(const char *what) {
    perror(what);
    exit(1);
}

static long long now(void) {
    struct timespec at;
    clock_gettime(CLOCK_MONOTONIC, &at);
    return at.tv_sec * 1000000000LL + at.tv_nsec;
}

static struct sockaddr_in loopback(int port) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

static void watch(int socket, int peer) {
    int on = 1;
    setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (count == MOST_SOCKETS || socket >= MOST_SOCKETS) {
        fprintf(stderr, "delay-proxy: more than %d sockets\n", MOST_SOCKETS);
        exit(1);
    }
    polled[count++] = (struct pollfd){.fd = socket, .events = POLLIN};
    peer_of[socket] = peer;
}

static void join(int client, int target_port) {
    struct sockaddr_in address = loopback(target_port);
    int server = socket(AF_INET, SOCK_STREAM, 0);
    if (server < 0 || connect(server, (struct sockaddr *)&address, sizeof address) < 0) give_up("delay-proxy: target");
    watch(client, server);
    watch(server, client);
    half_open[client < server ? client : server] = 2;
}

static void queue(int to, const char *bytes, size_t length, long long due) {
    struct chunk *added = malloc(sizeof *added + length);
    if (!added) give_up("delay-proxy");
    *added = (struct chunk){.due = due, .to = to, .length = length};
    memcpy(added->bytes, bytes, length);
    if (last) last->next = added; else first = added;
    last = added;
}

static void end_direction(int to) {
    int from = peer_of[to], pair = to < from ? to : from;
    shutdown(to, SHUT_WR);
    if (--half_open[pair] == 0) {
        close(to);
        close(from);
    }
}

static void deliver(struct chunk *chunk) {
    if (chunk->length == 0) {
        end_direction(chunk->to);
        return;
    }
    for (size_t done = 0; done < chunk->length;) {
        ssize_t written = send(chunk->to, chunk->bytes + done, chunk->length - done, MSG_NOSIGNAL);
        if (written < 0 && errno != EINTR) return; /* a reader that has gone needs nothing more */
        if (written > 0) done += (size_t)written;
    }
}

static void read_from(int index, long long delay) {
    static char bytes[CHUNK];
    int socket = polled[index].fd;
    ssize_t length = read(socket, bytes, sizeof bytes);
    if (length < 0 && (errno == EINTR || errno == EAGAIN)) return;
    if (length <= 0) {
        length = 0;
        polled[index] = polled[--count];
    }
    queue(peer_of[socket], bytes, (size_t)length, now() + delay);
}

int main(int argc, char **argv) {
    if (argc != 4) {
        fprintf(stderr, "usage: delay-proxy LISTEN_PORT TARGET_PORT ONE_WAY_MICROSECONDS\n");
        return 2;
    }
    struct sockaddr_in address = loopback(atoi(argv[1]));
    long long delay = atoll(argv[3]) * 1000;
    int on = 1, listener = socket(AF_INET, SOCK_STREAM, 0);
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(listener, (struct sockaddr *)&address, sizeof address) < 0 || listen(listener, 1024) < 0)
        give_up("delay-proxy: listen");
    polled[LISTENER] = (struct pollfd){.fd = listener, .events = POLLIN};
    polled[INPUT] = (struct pollfd){.fd = 0, .events = POLLIN};
    count = FIRST;
    puts("ready");
    fflush(stdout);
    for (;;) {
        struct timespec wait = {0}, *timeout = NULL;
        if (first) {
            long long left = first->due - now();
            if (left > 0) wait = (struct timespec){.tv_sec = left / 1000000000, .tv_nsec = left % 1000000000};
            timeout = &wait;
        }
        if (ppoll(polled, (nfds_t)count, timeout, NULL) < 0 && errno != EINTR) give_up("delay-proxy: poll");
        while (first && first->due <= now()) {
            struct chunk *due = first;
            first = due->next;
            if (!first) last = NULL;
            deliver(due);
            free(due);
        }
        if (polled[INPUT].revents) return 0;
        if (polled[LISTENER].revents) join(accept(listener, NULL, NULL), atoi(argv[2]));
        for (int index = count - 1; index >= FIRST; index--)
            if (polled[index].revents) read_from(index, delay);
    }
}
