import assert from "node:assert/strict"
import { test } from "node:test"
import { indexUnder, inside, pull, strayed } from "../../../../ui/components/assets/board/geometry.js"

const AREA = { left: 10, right: 20, top: 30, bottom: 40 }
const CARDS = [{ top: 0, height: 100 }, { top: 100, height: 40 }, { top: 140, height: 100 }]

test("an area has its left and upper border, not the others, so that two never claim one point", () => {
  assert.ok(inside({ x: 10, y: 30 }, AREA))
  assert.ok(inside({ x: 19.9, y: 39.9 }, AREA))
  for (const point of [{ x: 9.9, y: 35 }, { x: 20, y: 35 }, { x: 15, y: 29.9 }, { x: 15, y: 40 }]) {
    assert.ok(!inside(point, AREA), JSON.stringify(point))
  }
})

test("a card goes above the first one whose middle is below the hand", () => {
  const heights = [-50, 49, 50, 119, 120, 189, 190, 900]
  assert.deepEqual(heights.map((y) => indexUnder(y, CARDS)), [0, 0, 1, 1, 2, 2, 3, 3])
  assert.equal(indexUnder(5, []), 0)
})

test("a mouse drags after 5 pixels, and a finger may stray 8 before it scrolls", () => {
  const mouse = { x: 100, y: 100, touch: false }
  assert.ok(!strayed(mouse, { x: 103, y: 104 }))
  assert.ok(strayed(mouse, { x: 96, y: 104 }))
  const finger = { ...mouse, touch: true }
  assert.ok(!strayed(finger, { x: 100, y: 92 }))
  assert.ok(strayed(finger, { x: 94, y: 106 }))
})

test("an edge scrolls the faster the nearer the hand, at most 16 pixels a frame, and not in the middle", () => {
  assert.deepEqual([0, 24, 48, 500, 952, 976, 1000].map((at) => pull(at, 0, 1000)), [-16, -8, 0, 0, 0, 8, 16])
  assert.deepEqual([-300, 1300].map((at) => pull(at, 0, 1000)), [-16, 16])
})
