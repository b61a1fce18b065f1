#include "core/wire/emoji.h"
#include "core/base/assert.h"
#include "core/base/error.h"
#include "core/base/writer.h"

#define COMMIT_LABEL "ghostchat/1 sas commit"
#define ROW_LABEL    "ghostchat/1 sas"
#define BITS         6 /* of each */

static const struct {
    const char *picture;
    const char *name;
} table[GC_EMOJI_COUNT] = {
    {"\xf0\x9f\x90\xb6", "Dog"},       {"\xf0\x9f\x90\xb1", "Cat"},
    {"\xf0\x9f\xa6\x81", "Lion"},      {"\xf0\x9f\x90\x8e", "Horse"},
    {"\xf0\x9f\xa6\x84", "Unicorn"},   {"\xf0\x9f\x90\xb7", "Pig"},
    {"\xf0\x9f\x90\x98", "Elephant"},  {"\xf0\x9f\x90\xb0", "Rabbit"},
    {"\xf0\x9f\x90\xbc", "Panda"},     {"\xf0\x9f\x90\x93", "Rooster"},
    {"\xf0\x9f\x90\xa7", "Penguin"},   {"\xf0\x9f\x90\xa2", "Turtle"},
    {"\xf0\x9f\x90\x9f", "Fish"},      {"\xf0\x9f\x90\x99", "Octopus"},
    {"\xf0\x9f\xa6\x8b", "Butterfly"}, {"\xf0\x9f\x8c\xb7", "Flower"},
    {"\xf0\x9f\x8c\xb3", "Tree"},      {"\xf0\x9f\x8c\xb5", "Cactus"},
    {"\xf0\x9f\x8d\x84", "Mushroom"},  {"\xf0\x9f\x8c\x8f", "Globe"},
    {"\xf0\x9f\x8c\x99", "Moon"},      {"\xe2\x98\x81\xef\xb8\x8f", "Cloud"},
    {"\xf0\x9f\x94\xa5", "Fire"},      {"\xf0\x9f\x8d\x8c", "Banana"},
    {"\xf0\x9f\x8d\x8e", "Apple"},     {"\xf0\x9f\x8d\x93", "Strawberry"},
    {"\xf0\x9f\x8c\xbd", "Corn"},      {"\xf0\x9f\x8d\x95", "Pizza"},
    {"\xf0\x9f\x8e\x82", "Cake"},      {"\xe2\x9d\xa4\xef\xb8\x8f", "Heart"},
    {"\xf0\x9f\x98\x80", "Smiley"},    {"\xf0\x9f\xa4\x96", "Robot"},
    {"\xf0\x9f\x8e\xa9", "Hat"},       {"\xf0\x9f\x91\x93", "Glasses"},
    {"\xf0\x9f\x94\xa7", "Spanner"},   {"\xf0\x9f\x8e\x85", "Santa"},
    {"\xf0\x9f\x91\x8d", "Thumbs Up"}, {"\xe2\x98\x82\xef\xb8\x8f", "Umbrella"},
    {"\xe2\x8c\x9b", "Hourglass"},     {"\xe2\x8f\xb0", "Clock"},
    {"\xf0\x9f\x8e\x81", "Gift"},      {"\xf0\x9f\x92\xa1", "Light Bulb"},
    {"\xf0\x9f\x93\x95", "Book"},      {"\xe2\x9c\x8f\xef\xb8\x8f", "Pencil"},
    {"\xf0\x9f\x93\x8e", "Paperclip"}, {"\xe2\x9c\x82\xef\xb8\x8f", "Scissors"},
    {"\xf0\x9f\x94\x92", "Lock"},      {"\xf0\x9f\x94\x91", "Key"},
    {"\xf0\x9f\x94\xa8", "Hammer"},    {"\xe2\x98\x8e\xef\xb8\x8f", "Telephone"},
    {"\xf0\x9f\x8f\x81", "Flag"},      {"\xf0\x9f\x9a\x82", "Train"},
    {"\xf0\x9f\x9a\xb2", "Bicycle"},   {"\xe2\x9c\x88\xef\xb8\x8f", "Aeroplane"},
    {"\xf0\x9f\x9a\x80", "Rocket"},    {"\xf0\x9f\x8f\x86", "Trophy"},
    {"\xe2\x9a\xbd", "Ball"},          {"\xf0\x9f\x8e\xb8", "Guitar"},
    {"\xf0\x9f\x8e\xba", "Trumpet"},   {"\xf0\x9f\x94\x94", "Bell"},
    {"\xe2\x9a\x93", "Anchor"},        {"\xf0\x9f\x8e\xa7", "Headphones"},
    {"\xf0\x9f\x93\x81", "Folder"},    {"\xf0\x9f\x93\x8c", "Pin"},
};

int gc_emoji_commit(const gc_crypto *crypto, const uint8_t nonce[GC_EMOJI_NONCE_BYTES],
                    uint8_t out[GC_EMOJI_COMMITMENT_BYTES]) {
    uint8_t in[sizeof COMMIT_LABEL - 1 + GC_EMOJI_NONCE_BYTES];
    gc_writer w;
    gc_writer_init(&w, in, sizeof in);
    gc_writer_text(&w, COMMIT_LABEL);
    gc_writer_bytes(&w, nonce, GC_EMOJI_NONCE_BYTES);
    gc_assert(!w.failed && w.at == sizeof in);
    int refused =
        crypto->hash(crypto->context, out, GC_EMOJI_COMMITMENT_BYTES, in, sizeof in, NULL, 0);
    return refused == 0 ? 0 : GC_E_CRYPTO;
}

int gc_emoji_row(const gc_crypto *crypto, const uint8_t t[GC_TRANSCRIPT_BYTES],
                 const uint8_t a[GC_EMOJI_NONCE_BYTES], const uint8_t b[GC_EMOJI_NONCE_BYTES],
                 uint8_t row[GC_EMOJI_ROW]) {
    uint8_t in[sizeof ROW_LABEL - 1 + GC_TRANSCRIPT_BYTES + 2 * GC_EMOJI_NONCE_BYTES], h[32];
    uint64_t bits = 0;
    gc_writer w;
    gc_writer_init(&w, in, sizeof in);
    gc_writer_text(&w, ROW_LABEL);
    gc_writer_bytes(&w, t, GC_TRANSCRIPT_BYTES);
    gc_writer_bytes(&w, a, GC_EMOJI_NONCE_BYTES);
    gc_writer_bytes(&w, b, GC_EMOJI_NONCE_BYTES);
    gc_assert(!w.failed && w.at == sizeof in);
    if (crypto->hash(crypto->context, h, sizeof h, in, sizeof in, NULL, 0) != 0) {
        return GC_E_CRYPTO;
    }
    for (uint32_t i = 0; i < 8; i++) {
        bits = bits << 8 | h[i];
    }
    for (uint32_t i = 0; i < GC_EMOJI_ROW; i++) {
        row[i] = (uint8_t)(bits >> (64 - BITS * (i + 1)) & (GC_EMOJI_COUNT - 1));
    }
    return 0;
}

const char *gc_emoji_picture(uint32_t number) {
    gc_assert(number < GC_EMOJI_COUNT);
    return table[number].picture;
}

const char *gc_emoji_name(uint32_t number) {
    gc_assert(number < GC_EMOJI_COUNT);
    return table[number].name;
}
