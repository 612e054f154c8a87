/* The machine's limit: a websocket server that does nothing but loop send() over every follower.
 *
 *     limit PORT
 *
 * GET /go?rate=R&bursts=N&burst=B&size=S sends so many events, like every other server under measurement.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define MOST 65536
#define SECOND 1000000000ull

static int followers[MOST], count;
static char event[1 << 16];

/* The answer to the one key that the load generator sends. */
static const char accepted[] =
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";
static const char going[] = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";

static uint64_t now(void) {
    struct timespec moment;
    clock_gettime(CLOCK_MONOTONIC, &moment);
    return moment.tv_sec * SECOND + moment.tv_nsec;
}

static void sleep_until(uint64_t moment) {
    uint64_t present = now();
    if (moment > present) usleep((moment - present) / 1000);
}

static void send_all(int size) {
    unsigned char *head = (unsigned char *)event;
    int length = size;
    memset(event + 4, 'x', size);
    length = snprintf(event + 4, size, "42[\"live:event\",{\"html\":\"stamp=%lu ", now());
    event[4 + length] = 'x';
    memcpy(event + 4 + size - 3, "\"}]", 3);
    head[0] = 0x81;
    head[1] = 126;
    head[2] = size >> 8;
    head[3] = size & 255;
    for (int i = 0; i < count; i++) send(followers[i], event, size + 4, MSG_DONTWAIT | MSG_NOSIGNAL);
}

static void go(const char *query) {
    double rate = 1;
    int bursts = 1, burst = 1, size = 660;
    sscanf(query, "/go?rate=%lf&bursts=%d&burst=%d&size=%d", &rate, &bursts, &burst, &size);
    uint64_t start = now() + SECOND * 3 / 10;
    for (int number = 0; number < bursts; number++) {
        sleep_until(start + (uint64_t)(number / rate * SECOND));
        for (int each = 0; each < burst; each++) send_all(size);
    }
}

static void forget(int one) {
    for (int i = 0; i < count; i++)
        if (followers[i] == one) followers[i] = followers[--count];
    close(one);
}

static void serve(int one) {
    char request[2048];
    ssize_t length = recv(one, request, sizeof request - 1, 0);
    if (length <= 0) {
        forget(one);
        return;
    }
    request[length] = 0;
    if (!strncmp(request, "GET /go", 7)) {
        send(one, going, sizeof going - 1, MSG_NOSIGNAL);
        close(one);
        go(request + 4);
    } else if (!strncmp(request, "GET", 3) && count < MOST) {
        send(one, accepted, sizeof accepted - 1, MSG_NOSIGNAL);
        followers[count++] = one;
    }
}

int main(int arguments, char **argument) {
    struct rlimit limit;
    struct sockaddr_in address = {.sin_family = AF_INET};
    int listener = socket(AF_INET, SOCK_STREAM, 0), on = 1, loop = epoll_create1(0);
    if (arguments != 2) return 2;
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    address.sin_port = htons(atoi(argument[1]));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (bind(listener, (struct sockaddr *)&address, sizeof address) || listen(listener, 4096)) {
        perror("listen");
        return 1;
    }
    struct epoll_event wanted = {.events = EPOLLIN, .data.fd = listener};
    epoll_ctl(loop, EPOLL_CTL_ADD, listener, &wanted);
    for (;;) {
        struct epoll_event events[64];
        int found = epoll_wait(loop, events, 64, -1);
        for (int i = 0; i < found; i++) {
            int one = events[i].data.fd;
            if (one == listener) {
                wanted.data.fd = accept(listener, NULL, NULL);
                epoll_ctl(loop, EPOLL_CTL_ADD, wanted.data.fd, &wanted);
            } else {
                serve(one);
            }
        }
    }
}
