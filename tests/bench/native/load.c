/* A crowd of websocket followers in one thread: what it costs must be less than what it measures.
 *
 *     load PORT PATH engineio|plain
 *
 * reads commands, one a line, and answers each with a line of JSON:
 *
 *     open N AT_ONCE [TEXT]   N more followers, so many handshakes at a time; each then sends TEXT and waits for an answer
 *     narrow                  the kernel keeps little for those who come from now on
 *     deafen N                the last N of them stop reading
 *     reset                   forget what was counted
 *     hear N SECONDS          until N stamps were delivered, or so long
 *     listen                  those who stopped reading go on
 *     idle SECONDS            only answer pings
 *     note                    from now on keep, of each push, which events it tells and when it came
 *     write FILE              those, a line each: "from to nanoseconds"
 *
 * A stamp is "stamp=" and the nanoseconds of CLOCK_MONOTONIC at which the event was sent; a frame may hold several.
 * Every frame is checked: what can't be one counts as a torn stream, and its follower as lost.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <poll.h>
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
#define KEPT_LATENCIES (1 << 23)
#define KEPT_PUSHES (1 << 22)
#define SECOND 1000000000ull

enum state { CONNECTING, UPGRADING, OPENING, ENTERING, JOINING, READY, LOST };

struct follower {
    int fd;
    enum state state;
    int deaf;
    char *rest; /* the beginning of a frame whose end has not come yet */
    uint32_t length;
};

static struct follower crowd[MOST];
static int narrow, opened, opening, ready, lost, torn, engineio, port, loop;
static const char *path;
static char joining[512];
static uint64_t delivered, frames, bytes, pings;
static uint32_t *latencies; /* in microseconds */
static uint64_t measured;
static char buffer[1 << 20];

struct push {
    uint32_t from, to;
    uint64_t moment;
};

static struct push *pushes; /* NULL until they are wanted */
static uint64_t noted;

static uint64_t now(void) {
    struct timespec moment;
    clock_gettime(CLOCK_MONOTONIC, &moment);
    return moment.tv_sec * SECOND + moment.tv_nsec;
}

static double own_cpu(void) {
    struct rusage used;
    getrusage(RUSAGE_SELF, &used);
    return used.ru_utime.tv_sec + used.ru_stime.tv_sec + (used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6;
}

static void lose(struct follower *one) {
    if (one->state == LOST) return;
    if (one->state < READY) opening--;
    else ready--;
    one->state = LOST;
    lost++;
    close(one->fd);
    free(one->rest);
    one->rest = NULL;
}

static void watch(struct follower *one, int how, uint32_t events) {
    struct epoll_event event = {.events = events, .data.ptr = one};
    epoll_ctl(loop, how, one->fd, &event);
}

/* One masked frame; the mask is nought, so the payload stands as it is. */
static void say(struct follower *one, int opcode, const char *text, size_t length) {
    unsigned char frame[1024];
    size_t head = 2;
    if (length > 900) length = 900;
    frame[0] = 0x80 | opcode;
    if (length < 126) {
        frame[1] = 0x80 | length;
    } else {
        frame[1] = 0x80 | 126;
        frame[2] = length >> 8;
        frame[3] = length & 255;
        head = 4;
    }
    memset(frame + head, 0, 4);
    memcpy(frame + head + 4, text, length);
    if (send(one->fd, frame, head + 4 + length, MSG_NOSIGNAL) < 0) lose(one);
}

static void arrived(struct follower *one) {
    one->state = READY;
    opening--;
    ready++;
}

static void join(struct follower *one) {
    if (!joining[0]) {
        arrived(one);
        return;
    }
    one->state = JOINING;
    say(one, 1, joining, strlen(joining));
}

static void note(const char *text, size_t length, uint64_t moment) {
    const char *from = memmem(text, length, "\"from\":", 7), *to = memmem(text, length, "\"to\":", 5);
    if (!from || !to || noted == KEPT_PUSHES) return;
    pushes[noted++] = (struct push){strtoul(from + 7, NULL, 10), strtoul(to + 5, NULL, 10), moment};
}

static void write_pushes(const char *file) {
    FILE *output = fopen(file, "w");
    if (!output) {
        perror(file);
        exit(1);
    }
    for (uint64_t i = 0; i < noted; i++)
        fprintf(output, "%u %u %lu\n", pushes[i].from, pushes[i].to, pushes[i].moment);
    fclose(output);
}

static void take_stamps(const char *text, size_t length) {
    const char *end = text + length;
    uint64_t moment = now();
    frames++;
    if (pushes) note(text, length, moment);
    while ((text = memmem(text, end - text, "stamp=", 6))) {
        text += 6;
        uint64_t sent = strtoull(text, NULL, 10);
        delivered++;
        if (measured < KEPT_LATENCIES) latencies[measured++] = (moment - sent) / 1000;
    }
}

static void take(struct follower *one, int opcode, const char *text, size_t length) {
    if (opcode == 8) {
        lose(one);
    } else if (opcode == 9) {
        say(one, 10, text, length);
    } else if (opcode != 10) {
        if (engineio && length == 1 && text[0] == '2') {
            pings++;
            say(one, 1, "3", 1);
        } else if (one->state == READY) {
            take_stamps(text, length);
        } else if (one->state == OPENING && text[0] == '0') {
            one->state = ENTERING;
            say(one, 1, "40", 2);
        } else if (one->state == ENTERING && length > 1 && text[0] == '4' && text[1] == '0') {
            join(one);
        } else if (one->state == JOINING && length > 1 && text[0] == '4' && text[1] == '3') {
            if (memmem(text, length, "error", 5)) lose(one);
            else arrived(one);
        }
    }
}

/* The whole frames in `at`; where the first one that is not whole begins, or NULL for a torn stream. */
static char *take_frames(struct follower *one, char *at, char *end) {
    while (end - at >= 2 && one->state != LOST) {
        unsigned char *head = (unsigned char *)at;
        int opcode = head[0] & 15;
        uint64_t length = head[1];
        size_t before = 2;
        /* Whole, unmasked, uncompressed, and of a kind there is: servers here send nothing else. */
        if ((head[0] & 0xf0) != 0x80 || !(opcode == 1 || opcode == 2 || (opcode >= 8 && opcode <= 10)) || length > 127)
            return NULL;
        if (length == 126) {
            if (end - at < 4) break;
            length = head[2] << 8 | head[3];
            before = 4;
        } else if (length == 127) {
            if (end - at < 10) break;
            length = 0;
            for (int i = 2; i < 10; i++) length = length << 8 | head[i];
            before = 10;
            if (length > sizeof buffer / 2) return NULL;
        }
        if ((uint64_t)(end - at) < before + length) break;
        char *text = at + before, next = text[length];
        text[length] = 0; /* so that numbers end */
        take(one, opcode, text, length);
        text[length] = next;
        at = text + length;
    }
    return at;
}

static void receive(struct follower *one) {
    memcpy(buffer, one->rest ? one->rest : "", one->length);
    ssize_t came = recv(one->fd, buffer + one->length, sizeof buffer - one->length - 1, 0);
    if (came < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (came <= 0) {
        lose(one);
        return;
    }
    bytes += came;
    char *at = buffer, *end = buffer + one->length + came;
    *end = 0;
    if (one->state == UPGRADING) {
        char *head = strstr(buffer, "\r\n\r\n");
        if (head && strncmp(buffer, "HTTP/1.1 101", 12)) {
            fprintf(stderr, "refused: %.300s\n", buffer);
            lose(one);
            return;
        }
        if (head) {
            at = head + 4;
            one->state = OPENING;
            if (!engineio) join(one);
        }
    }
    if (one->state != UPGRADING) at = take_frames(one, at, end);
    if (one->state == LOST) return;
    if (!at) {
        torn++;
        lose(one);
        return;
    }
    one->length = end - at;
    if (one->length) {
        char *rest = malloc(one->length);
        memcpy(rest, at, one->length);
        free(one->rest);
        one->rest = rest;
    } else if (one->rest) {
        free(one->rest);
        one->rest = NULL;
    }
}

static void connected(struct follower *one) {
    int fault = 0;
    socklen_t size = sizeof fault;
    getsockopt(one->fd, SOL_SOCKET, SO_ERROR, &fault, &size);
    char request[600];
    int length = snprintf(request, sizeof request,
        "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n", path, port);
    if (fault || send(one->fd, request, length, MSG_NOSIGNAL) != length) {
        lose(one);
        return;
    }
    one->state = UPGRADING;
    watch(one, EPOLL_CTL_MOD, EPOLLIN);
}

static void open_one(void) {
    struct follower *one = &crowd[opened++];
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    int on = 1;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    one->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    if (one->fd < 0) {
        perror("socket");
        exit(1);
    }
    setsockopt(one->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (narrow) {
        int little = 4096;
        setsockopt(one->fd, SOL_SOCKET, SO_RCVBUF, &little, sizeof little);
    }
    one->state = CONNECTING;
    opening++;
    if (connect(one->fd, (struct sockaddr *)&address, sizeof address) < 0 && errno != EINPROGRESS) {
        perror("connect");
        exit(1);
    }
    watch(one, EPOLL_CTL_ADD, EPOLLOUT | EPOLLIN);
}

static void turn(int milliseconds) {
    struct epoll_event events[512];
    int count = epoll_wait(loop, events, 512, milliseconds);
    for (int i = 0; i < count; i++) {
        struct follower *one = events[i].data.ptr;
        if (one->state == LOST) continue;
        if (one->state == CONNECTING) connected(one);
        else receive(one);
    }
}

static int by_size(const void *a, const void *b) {
    uint32_t one = *(const uint32_t *)a, other = *(const uint32_t *)b;
    return (one > other) - (one < other);
}

static double percentile(double part) {
    return measured ? latencies[(uint64_t)((measured - 1) * part)] / 1e6 : 0;
}

static void answer(uint64_t since, double cpu) {
    qsort(latencies, measured, sizeof *latencies, by_size);
    printf("{\"ready\":%d,\"lost\":%d,\"torn\":%d,\"delivered\":%lu,\"frames\":%lu,\"bytes\":%lu,\"pings\":%lu,"
           "\"p50\":%.6f,\"p99\":%.6f,\"most\":%.6f,\"seconds\":%.6f,\"cpu\":%.6f}\n",
           ready, lost, torn, delivered, frames, bytes, pings, percentile(.5), percentile(.99), percentile(1),
           (now() - since) / 1e9, own_cpu() - cpu);
    fflush(stdout);
}

static void open_many(int count, int at_once) {
    int all = opened + count;
    uint64_t end = now() + 120 * SECOND;
    while ((opened < all || opening) && now() < end) {
        while (opened < all && opening < at_once) open_one();
        turn(100);
    }
}

static void deafen(int count) {
    for (int i = opened - count; i < opened; i++) {
        crowd[i].deaf = 1;
        if (crowd[i].state != LOST) watch(&crowd[i], EPOLL_CTL_MOD, 0);
    }
}

static void listen_again(void) {
    for (int i = 0; i < opened; i++)
        if (crowd[i].deaf && crowd[i].state != LOST) watch(&crowd[i], EPOLL_CTL_MOD, EPOLLIN);
}

static void obey(char *line) {
    uint64_t since = now(), end;
    double cpu = own_cpu(), seconds = 0;
    unsigned long wanted = 0;
    int count = 0, at_once = 0, used = 0;
    if (sscanf(line, "open %d %d %n", &count, &at_once, &used) == 2 && opened + count <= MOST) {
        snprintf(joining, sizeof joining, "%s", line + used);
        open_many(count, at_once);
    } else if (sscanf(line, "deafen %d", &count) == 1 && count <= opened) {
        deafen(count);
    } else if (!strcmp(line, "narrow")) {
        narrow = 1;
    } else if (!strcmp(line, "note")) {
        pushes = malloc(KEPT_PUSHES * sizeof *pushes);
    } else if (!strncmp(line, "write ", 6)) {
        write_pushes(line + 6);
    } else if (!strcmp(line, "reset")) {
        delivered = frames = bytes = pings = measured = 0;
    } else if (sscanf(line, "hear %lu %lf", &wanted, &seconds) == 2) {
        for (end = since + seconds * SECOND; delivered < wanted && now() < end;) turn(50);
    } else if (!strcmp(line, "listen")) {
        listen_again();
    } else if (sscanf(line, "idle %lf", &seconds) == 1) {
        for (end = since + seconds * SECOND; now() < end;) turn(50);
    } else {
        fprintf(stderr, "not understood: %s\n", line);
        exit(2);
    }
    answer(since, cpu);
}

int main(int count, char **arguments) {
    struct rlimit limit;
    if (count != 4) return 2;
    port = atoi(arguments[1]);
    path = arguments[2];
    engineio = !strcmp(arguments[3], "engineio");
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    latencies = malloc(KEPT_LATENCIES * sizeof *latencies);
    loop = epoll_create1(0);
    char line[1024];
    size_t length = 0;
    for (;;) { /* between commands, pings are answered all the same */
        struct pollfd input = {.fd = 0, .events = POLLIN};
        turn(5);
        if (poll(&input, 1, 0) < 1) continue;
        if (read(0, line + length, 1) < 1) return 0;
        while (line[length] != '\n' && length < sizeof line - 2) {
            length++;
            if (read(0, line + length, 1) < 1) return 0;
        }
        line[length] = 0;
        length = 0;
        obey(line);
    }
}
