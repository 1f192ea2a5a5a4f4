/*
 * The physical limit: fixed bytes, pipelined as far as RFC 2920 allows, nothing personalised, nothing recorded.
 *
 *     blaster MESSAGES CONNECTIONS PORT
 *
 * One write carries a message's text, its final dot, and MAIL, RCPT and DATA of the next one; four answers come back.
 * Any other answer than 250, 250, 250, 354 ends the program with an error.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { TEXT_BYTES = 5900, LINE_BYTES = 76, MOST_CONNECTIONS = 1000 };

#define ENVELOPE "MAIL FROM:<news@example.org>\r\nRCPT TO:<reader@example.org>\r\nDATA\r\n"

/* What was sent last; from the first envelope on, a text is owed until LAST_TEXT. */
enum state { NOTHING, HELLO, ENVELOPE_ALONE, TEXT, LAST_TEXT, LEAVE, GONE };

struct connection {
    int socket;
    enum state state;
    int awaited; /* answers that have not come yet */
    const char *next;
    size_t unsent;
    int column; /* of the answer being read */
    char code, after_code; /* its first digit; '-' when more lines follow */
};

static char group[TEXT_BYTES + 512], last_group[TEXT_BYTES + 512];
static size_t text_length, group_length, last_length;
static long to_begin, answered;
static int open_now;

static void give_up(const char *what) {
    fprintf(stderr, "blaster: %s: %s\n", what, strerror(errno));
    exit(1);
}

static double seconds(clockid_t clock) {
    struct timespec at;
    clock_gettime(clock, &at);
    return (double)at.tv_sec + (double)at.tv_nsec / 1e9;
}

static void write_groups(void) {
    char *end = group;
    end += sprintf(end, "From: News <news@example.org>\r\nTo: Reader <reader@example.org>\r\nSubject: News\r\n\r\n");
    while (end - group < TEXT_BYTES - LINE_BYTES) {
        memset(end, 'x', LINE_BYTES);
        end += LINE_BYTES;
        end += sprintf(end, "\r\n");
    }
    text_length = (size_t)(end - group);
    memcpy(last_group, group, text_length);
    group_length = text_length + (size_t)sprintf(end, ".\r\n" ENVELOPE);
    last_length = text_length + (size_t)sprintf(last_group + text_length, ".\r\nQUIT\r\n");
}

static void flush_out(struct connection *one) {
    while (one->unsent) {
        ssize_t sent = send(one->socket, one->next, one->unsent, MSG_NOSIGNAL);
        if (sent < 0 && errno == EAGAIN) return;
        if (sent < 0) give_up("send");
        one->next += sent;
        one->unsent -= (size_t)sent;
    }
}

static void push(struct connection *one, enum state state, const char *bytes, size_t length, int answers) {
    *one = (struct connection){.socket = one->socket, .state = state, .awaited = answers, .next = bytes, .unsent = length};
    flush_out(one);
}

/* All answers to what was sent last are there. */
static void go_on(struct connection *one) {
    if (one->state == TEXT || one->state == LAST_TEXT) answered++;
    if (one->state == NOTHING) {
        push(one, HELLO, "EHLO blaster\r\n", 14, 1);
    } else if (one->state == LAST_TEXT || one->state == LEAVE) {
        close(one->socket);
        one->state = GONE;
        open_now--;
    } else if (to_begin > 0) {
        to_begin--;
        if (one->state == HELLO) push(one, ENVELOPE_ALONE, ENVELOPE, strlen(ENVELOPE), 3);
        else push(one, TEXT, group, group_length, 4);
    } else if (one->state == HELLO) {
        push(one, LEAVE, "QUIT\r\n", 6, 1);
    } else {
        push(one, LAST_TEXT, last_group, last_length, 2);
    }
}

static void read_answers(struct connection *one) {
    static char bytes[65536];
    ssize_t length = recv(one->socket, bytes, sizeof bytes, 0);
    if (length < 0 && errno == EAGAIN) return;
    if (length <= 0) give_up("recv");
    for (ssize_t index = 0; index < length; index++) {
        if (one->column == 0) one->code = bytes[index];
        if (one->column == 3) one->after_code = bytes[index];
        one->column++;
        if (bytes[index] != '\n') continue;
        one->column = 0;
        if (one->code != '2' && one->code != '3') {
            fprintf(stderr, "blaster: refused: %.*s\n", (int)length, bytes);
            exit(1);
        }
        if (one->after_code != '-') one->awaited--;
    }
    if (one->awaited == 0) go_on(one);
}

static void open_connection(struct connection *one, int port) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    int on = 1;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    one->socket = socket(AF_INET, SOCK_STREAM, 0);
    if (one->socket < 0 || connect(one->socket, (struct sockaddr *)&address, sizeof address) < 0) give_up("connect");
    setsockopt(one->socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    fcntl(one->socket, F_SETFL, O_NONBLOCK);
    one->awaited = 1;
}

int main(int argc, char **argv) {
    if (argc != 4 || atoi(argv[2]) < 1 || atoi(argv[2]) > MOST_CONNECTIONS) {
        fprintf(stderr, "usage: blaster MESSAGES CONNECTIONS PORT (at most %d connections)\n", MOST_CONNECTIONS);
        return 2;
    }
    static struct connection connections[MOST_CONNECTIONS];
    int opened = atoi(argv[2]), events = epoll_create1(0);
    double began = seconds(CLOCK_MONOTONIC), cpu = seconds(CLOCK_PROCESS_CPUTIME_ID);
    to_begin = atol(argv[1]);
    write_groups();
    for (; open_now < opened; open_now++) {
        struct connection *one = &connections[open_now];
        struct epoll_event wanted = {.events = EPOLLIN | EPOLLOUT | EPOLLET, .data.ptr = one};
        open_connection(one, atoi(argv[3]));
        epoll_ctl(events, EPOLL_CTL_ADD, one->socket, &wanted);
    }
    while (open_now > 0) {
        struct epoll_event ready[256];
        int number = epoll_wait(events, ready, 256, -1);
        for (int index = 0; index < number; index++) {
            struct connection *one = ready[index].data.ptr;
            flush_out(one);
            if (one->state != GONE && ready[index].events & EPOLLIN) read_answers(one);
        }
    }
    printf("{\"sent\": %ld, \"seconds\": %.6f, \"cpu_before\": %.6f}\n", answered, seconds(CLOCK_MONOTONIC) - began,
           cpu);
    return 0;
}
